package swap

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Finish are the operations that finish a cut swap forward, from the files as
// they are: what the verb finish-swap of the node program does. It refuses what
// is not the whole new set, as that does.
func Finish(f Files) ([]Op, error) {
	text, _ := f.Read(dcos.InstallProgress)
	stage := ""
	for _, s := range []string{dcos.SwapArchive, dcos.SwapMoveNew} {
		if strings.Contains(text, fmt.Sprintf("%q", s)) {
			stage = s
		}
	}
	if stage == "" {
		return nil, fmt.Errorf("install_progress cannot be read")
	}
	if err := whole(f, stage); err != nil {
		return nil, err
	}
	var ops []Op
	if stage == dcos.SwapArchive {
		ops = aside(f)
	}
	for _, name := range dcos.SwapNames() {
		if p := dcos.SwapPath(name); stage == dcos.SwapArchive || !f.Exists(p) {
			ops = append(ops, Op{From: p + New, To: p})
		}
	}
	for _, u := range f.Names(dcos.UnitDir) {
		if name, ok := strings.CutSuffix(u, UnitNew); ok {
			ops = append(ops, Op{From: dcos.UnitDir + "/" + u, To: dcos.UnitDir + "/" + name})
		}
	}
	return append(ops, Op{Remove: dcos.InstallProgress}), nil
}

// whole refuses a new set that lacks something.
func whole(f Files, stage string) error {
	for _, name := range dcos.SwapNames() {
		p := dcos.SwapPath(name)
		switch waits, placed := f.Exists(p+New), f.Exists(p); {
		case waits && placed && stage == dcos.SwapMoveNew:
			return fmt.Errorf("in stage %s there are both %s and %s.new", stage, p, p)
		case !waits && (stage == dcos.SwapArchive || !placed):
			return fmt.Errorf("the new set is not complete: there is no %s.new", p)
		}
	}
	return nil
}

// aside is what is left of the stage archive.
func aside(f Files) []Op {
	var ops []Op
	if units := f.Names(dcos.TargetWants); len(units) > 0 {
		ops = append(ops, Op{Stop: slices.Clone(units)})
		for _, u := range units {
			ops = append(ops, Op{Remove: dcos.UnitDir + "/" + u})
		}
	}
	for _, name := range dcos.SwapNames() {
		if p := dcos.SwapPath(name); f.Exists(p) {
			ops = append(ops, Op{Remove: p + Old}, Op{From: p, To: p + Old})
		}
	}
	return append(ops, Op{Record: dcos.SwapMoveNew})
}
