package controller

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// trust is why a copy is believed.
type trust string

const (
	named    trust = "its plan is the one that --plan-id names"
	known    trust = "its plan is the one that this machine has of this run"
	majority trust = "a majority of the masters hold it alike"
)

// believed is a copy that may be gone on with.
type believed struct {
	*found
	why trust
}

// believe chooses the copy to go on with. A master may be hostile, so one
// master's word is not enough: either a majority hold the same bytes, and no
// more than these are believed, or the plan is known from elsewhere. Of a known
// plan a forged journal can make a run skip a node until postflight, or ask again.
func believe(copies []*found, here *plan.Plan, planID string, masters int) (believed, error) {
	of := func(right func(*plan.Plan) bool) *found {
		var best *found
		for _, f := range copies {
			if right(f.state.Plan) && f.newer(best) {
				best = f
			}
		}
		return best
	}
	need := masters/2 + 1
	switch {
	case planID != "":
		if f := of(func(p *plan.Plan) bool { return p.ID == planID }); f != nil {
			f, err := unended(f, copies, need)
			return believed{f, named}, err
		}
		return believed{}, plan.Refuse(plan.Block{What: "no master holds a copy of that plan", Observed: claims(copies), Want: "plan " + planID, Next: advice.Say("give the id of the plan that was approved, or --run")})
	case here != nil:
		if f := of(func(p *plan.Plan) bool { return p.Seal == here.Seal }); f != nil {
			f, err := unended(f, copies, need)
			return believed{f, known}, err
		}
		return believed{}, plan.Refuse(plan.Block{What: "the masters hold another plan of this run than this machine", Observed: claims(copies), Want: "plan " + here.ID,
			Next: advice.Say("find out who changed it; ").Run("resume").Say(" goes on with the journal of this machine")})
	}
	f, err := heldAlike(copies, need)
	if err != nil {
		return believed{}, err
	}
	if f == nil {
		return believed{}, plan.Refuse(plan.Block{What: "no journal is held alike by a majority of the masters, so that none is believed", Observed: claims(copies), Want: fmt.Sprintf("the same plan and the same events on %d of %d masters", need, masters),
			Next: advice.Say("bring the other masters within reach; or, if you know which plan was approved: --plan-id ID")})
	}
	return believed{f, majority}, nil
}

// unended is a copy without its end, unless a majority hold it: that all is
// done, or that postflight went well, is not one master's to say.
func unended(f *found, copies []*found, need int) (*found, error) {
	holders := 0
	for _, other := range copies {
		n, err := alike(f, other)
		if err != nil {
			return nil, err
		}
		if n == f.whole {
			holders++
		}
	}
	if holders >= need {
		return f, nil
	}
	end := uint64(0) // its line
	_, err := journal.Walk(f.where, io.NewSectionReader(f.file, 0, f.whole), journal.Longest{}, func(e journal.Event) {
		if end == 0 && (e.Kind == journal.RunDone || e.Kind == journal.RunAbandoned || strings.HasPrefix(string(e.Step), string(plan.StagePostflight)+"/")) {
			end = e.Seq
		}
	})
	if err != nil || end == 0 {
		return f, err
	}
	length, r := int64(0), bytesOf(f.file, f.whole)
	for range end - 1 {
		line, err := r.ReadSlice('\n')
		for errors.Is(err, bufio.ErrBufferFull) {
			length += int64(len(line))
			line, err = r.ReadSlice('\n')
		}
		if err != nil {
			return nil, fmt.Errorf("reading the copy of %s: %w", f.where, err)
		}
		length += int64(len(line))
	}
	cut := &found{file: f.file}
	return cut, cut.examine(f.where, f.state.Run, io.NewSectionReader(f.file, 0, length), journal.Longest{})
}

// claims is what each copy claims to be.
func claims(copies []*found) string {
	var all []string
	for _, f := range copies {
		all = append(all, fmt.Sprintf("%s: plan %s, epoch %d, %d events", f.where, f.state.Plan.ID, f.state.Epoch, f.state.Seq))
	}
	return cmp.Or(strings.Join(all, "; "), "no intact copy")
}

// heldAlike cuts a copy down to the longest beginning that so many copies
// have, and names the holders; nil: they do not even share a plan.
func heldAlike(copies []*found, need int) (*found, error) {
	var best *found
	length, holders := int64(0), ""
	for _, f := range copies {
		shared := make([]int64, len(copies))
		for i, other := range copies {
			n, err := alike(f, other)
			if err != nil {
				return nil, err
			}
			shared[i] = n
		}
		if len(shared) < need {
			return nil, nil
		}
		sorted := slices.Sorted(slices.Values(shared))
		if n := sorted[len(sorted)-need]; n > length {
			var names []string
			for i, other := range copies {
				if shared[i] >= n {
					names = append(names, other.where)
				}
			}
			best, length, holders = f, n, strings.Join(names, ", ")
		}
	}
	if best == nil {
		return nil, nil
	}
	cut := &found{file: best.file}
	err := cut.examine(holders, best.state.Run, io.NewSectionReader(best.file, 0, length), journal.Longest{})
	if err != nil { // less than a plan
		return nil, nil
	}
	return cut, nil
}

// tellOthers names the masters whose copy is no part or continuation of the believed one.
func (c *Cluster) tellOthers(best *found, copies []*found) error {
	for _, f := range copies {
		n, err := alike(best, f)
		if err != nil {
			return err
		}
		if n < min(best.whole, f.whole) {
			c.cfg.tell(CopyUnused{fmt.Sprintf("%s: its copy is another: plan %s, epoch %d, %d events; find out who changed it", f.where, f.state.Plan.ID, f.state.Epoch, f.state.Seq)})
		}
	}
	return nil
}

// alike is how many bytes two copies have in common.
func alike(a, b *found) (int64, error) {
	if a == b {
		return a.whole, nil
	}
	whole := min(a.whole, b.whole)
	x, y := bytesOf(a.file, whole), bytesOf(b.file, whole)
	for n := int64(0); ; n++ {
		p, perr := x.ReadByte()
		q, qerr := y.ReadByte()
		if errors.Is(perr, io.EOF) && errors.Is(qerr, io.EOF) {
			return n, nil
		}
		if err := errors.Join(perr, qerr); err != nil {
			return 0, fmt.Errorf("comparing the copies of %s and %s: %w", a.where, b.where, err)
		}
		if p != q {
			return n, nil
		}
	}
}

func bytesOf(f *os.File, n int64) *bufio.Reader {
	return bufio.NewReaderSize(io.NewSectionReader(f, 0, n), 1<<16)
}
