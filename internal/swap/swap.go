package swap

import (
	"fmt"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Suffixes of what is not in place.
const (
	New     = ".new"
	Old     = ".old"
	UnitNew = ".unit.new" // of a unit file
)

// Op is one operation of a swap; exactly one of Record, Stop, Remove and From
// is there.
type Op struct {
	Record   string   // the stage that install_progress tells from here on
	Stop     []string // units
	Remove   string   // a file
	From, To string   // renamed
	ifThere  bool     // From may be missing
}

func (o Op) String() string {
	switch {
	case o.Record != "":
		return "record stage " + o.Record
	case o.Stop != nil:
		return "systemctl stop " + strings.Join(o.Stop, " ")
	case o.Remove != "":
		return "remove " + short(o.Remove)
	}
	return "rename " + short(o.From) + " " + short(o.To)
}

// short leaves out the directory that most of the swap is in.
func short(path string) string { return strings.TrimPrefix(path, "/opt/mesosphere/") }

// Ops are the operations of a swap, in order, from the units of the old set and
// of the new. The first is the record of the stage archive: cut before it, there
// was no swap.
func Ops(old, next []string) []Op {
	ops := []Op{{Record: dcos.SwapArchive}}
	ops = append(ops, archive(old)...)
	return append(ops, move(next)...)
}

// archive is the stage of that name.
func archive(units []string) []Op {
	var ops []Op
	if units != nil {
		ops = append(ops, Op{Stop: units})
	}
	for _, u := range units {
		ops = append(ops, Op{Remove: dcos.UnitDir + "/" + u})
	}
	for _, name := range dcos.SwapNames() {
		p := dcos.SwapPath(name)
		ops = append(ops, Op{From: p, To: p + Old, ifThere: true})
	}
	return append(ops, Op{Record: dcos.SwapMoveNew})
}

// move is the stage move_new.
func move(units []string) []Op {
	var ops []Op
	for _, name := range dcos.SwapNames() {
		p := dcos.SwapPath(name)
		ops = append(ops, Op{From: p + New, To: p})
	}
	for _, u := range units {
		ops = append(ops, Op{Remove: dcos.UnitDir + "/" + u})
	}
	for _, u := range units {
		ops = append(ops, Op{From: dcos.UnitDir + "/" + u + UnitNew, To: dcos.UnitDir + "/" + u})
	}
	return append(ops, Op{Remove: dcos.InstallProgress})
}

// Cut are the operations that a swap has done that was killed at a position of
// the table: 1 is right after the first record, the others before the operation
// of that number. Of more units than the table's two, the second stands for the
// last; of fewer, the position is the next that there is.
func Cut(old, next []string, position int) []Op {
	ops := Ops(old, next)
	removals, names := 2, len(dcos.SwapNames()) // operations before the first removal; moved names
	moves := removals + len(old) + names + 1
	units := moves + names
	switch p := position; {
	case p <= 2:
		return ops[:1]
	case p == 3:
		return ops[:removals]
	case p == 4:
		return ops[:removals+max(len(old)-1, 0)]
	case p <= 23:
		return ops[:removals+len(old)+p-5]
	case p == 24:
		return ops[:units]
	case p == 25:
		return ops[:units+max(len(next)-1, 0)]
	case p == 26:
		return ops[:units+len(next)]
	case p == 27:
		return ops[:units+max(2*len(next)-1, 0)]
	case p == 28:
		return ops[:len(ops)-1]
	}
	return ops
}

// Do carries out operations.
func Do(f Files, ops []Op, stop func(units []string) error) error {
	for _, o := range ops {
		if err := o.do(f, stop); err != nil {
			return err
		}
	}
	return nil
}

func (o Op) do(f Files, stop func(units []string) error) error {
	switch {
	case o.Record != "":
		next := dcos.InstallProgress + New
		if err := f.Write(next, fmt.Sprintf(`{"extension": ".new", "stage": %q}`, o.Record)); err != nil {
			return err
		}
		return f.Rename(next, dcos.InstallProgress)
	case o.Stop != nil:
		return stop(o.Stop)
	case o.Remove != "":
		return f.Remove(o.Remove)
	case o.ifThere && !f.Exists(o.From):
		return nil
	}
	return f.Rename(o.From, o.To)
}
