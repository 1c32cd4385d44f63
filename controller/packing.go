package controller

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/pack"
	"github.com/dcos-patch/dcos-patch/plan"
)

// mostFailures is how many nodes that failed beside each other have a pack each.
const mostFailures = 5

// packs writes a failure pack of every node that failed, and gives their paths.
func (r *running) packs(ctx context.Context, interrupted <-chan struct{}, s orchestrator.State, said string) []string {
	if !s.Tells() {
		return nil
	}
	var paths []string
	all := s.Failures()
	for _, st := range all[:min(len(all), mostFailures)] {
		if path := r.pack(ctx, interrupted, s.StoppedAt(st), said); path != "" {
			paths = append(paths, path)
		}
	}
	return paths
}

// pack writes a failure pack of the node at which the run has stopped, beside
// its journal, and says where. Everything has been decided and said before:
// that it cannot be written changes nothing. An interrupt ends the asking.
func (r *running) pack(ctx context.Context, interrupted <-chan struct{}, s orchestrator.State, said string) (path string) {
	if !s.Tells() {
		return ""
	}
	ctx, cancel := unless(ctx, interrupted)
	defer cancel()
	file := r.runs.newPack(r.run, s.Stop.Node)
	body, err := r.collect(ctx, s, said).Bytes()
	if err == nil {
		err = r.runs.Write(r.run, file, body)
	}
	if err != nil {
		r.cfg.tell(Trouble{fmt.Errorf("no failure pack of %s, which changes nothing else: %w", s.Stop.Node, err)})
		return ""
	}
	r.cfg.tell(PackWritten{r.runs.Path(r.run, file)})
	return r.runs.Path(r.run, file)
}

// unless gives a context that an interrupt ends, too.
func unless(ctx context.Context, interrupted <-chan struct{}) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-interrupted:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// collect brings together what the controller has kept of the node, and what
// the node says.
func (r *running) collect(ctx context.Context, s orchestrator.State, said string) pack.Pack {
	name := s.Stop.Node
	b := believes(s, name)
	kept := []pack.Entry{b.entry(), pack.PlanOf(s.Plan, name), pack.Events(r.runs.Path(r.run, journal.JournalFile), s.Plan, name)}
	samples := pack.Samples(r.runs.Path(r.run, journal.SamplesDir), s.Plan, name, s.Stop.Step)
	answers := pack.Ask(ctx, pack.Node{
		Connect: func(ctx context.Context) (node.Host, error) { return r.pool.Get(ctx, string(name)) },
		Script:  s.Plan.Script.SHA256,
		Units:   loggedUnits(s.Plan, name),
	})
	now := time.Now()
	entries := slices.Concat(kept, []pack.Entry{pack.Failed(r.pool.Failures(string(name)))}, samples, answers)
	return pack.Pack{Dir: string(name) + "-" + r.run, At: now, About: r.about(s, b, now, said, seeFirst(s, entries)), Entries: entries, Hide: r.pool.Hide}
}

// mostPacks is how many packs of one node a run keeps.
const mostPacks = 9

// newPack is the name of the next pack of a node: a037.tar.gz, a037.2.tar.gz.
// The first ones stay, since they tell how it began; when there are many, the
// newest takes the place of the one before it.
func (r Runs) newPack(run string, name inventory.NodeName) string {
	for i := range mostPacks {
		file := packName(name, i)
		if _, err := os.Lstat(r.Path(run, file)); i == mostPacks-1 || err != nil {
			return file
		}
	}
	return ""
}

// lastPack is the path of the newest pack of the node at which a run stopped;
// empty: there is none.
func (r Runs) lastPack(run string, s orchestrator.State) string {
	if !s.Tells() {
		return ""
	}
	newest, at := "", time.Time{}
	for i := range mostPacks {
		path := r.Path(run, packName(s.Stop.Node, i))
		if fi, err := os.Stat(path); err == nil && fi.Mode().IsRegular() && !fi.ModTime().Before(at) {
			newest, at = path, fi.ModTime()
		}
	}
	return newest
}

func packName(name inventory.NodeName, i int) string {
	if i == 0 {
		return string(name) + ".tar.gz"
	}
	return fmt.Sprintf("%s.%d.tar.gz", name, i+1)
}

// loggedUnits are those whose logs tell why a node does not come back.
func loggedUnits(p *plan.Plan, name inventory.NodeName) []string {
	units := []string{"dcos-setup.service"}
	node, _ := p.Node(name)
	role := node.Role
	if role == dcos.Master {
		units = append(units, "dcos-exhibitor.service")
	}
	return append(units, role.MesosUnit())
}
