package patcher

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// Sighting is what one node said of itself, or why it did not.
type Sighting struct {
	Node   inventory.NodeName
	Survey node.Survey
	Err    error
}

// Busy names the patch that runs on the node, or may; empty when none does.
func (s Sighting) Busy() string {
	if unit := s.Survey.RunningUnit(); unit != "" {
		return unit
	}
	for _, r := range s.Survey.Receipts {
		if r.State == node.Running {
			return fmt.Sprintf("attempt %d of script %.12s", r.Attempt, r.SHA256)
		}
	}
	return ""
}

// Look surveys nodes, several at once, and gives their answers in order.
func Look(ctx context.Context, nodes Nodes, names []inventory.NodeName) []Sighting {
	seen := make([]Sighting, len(names))
	each(names, func(i int, name inventory.NodeName) {
		seen[i].Node = name
		h, err := bounded{nodes}.Node(ctx, name)
		if err == nil {
			ctx, cancel := context.WithTimeout(ctx, askPatience)
			defer cancel()
			seen[i].Survey, err = node.TakeSurvey(ctx, h)
		}
		seen[i].Err = err
	})
	return seen
}

// Ours asks a node what runs have left on it.
func Ours(ctx context.Context, nodes Nodes, name inventory.NodeName) (node.Belongings, error) {
	h, err := bounded{nodes}.Node(ctx, name)
	if err != nil {
		return node.Belongings{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	return node.Ours(ctx, h)
}

// each calls f for every name, a bounded number at a time.
func each(names []inventory.NodeName, f func(i int, name inventory.NodeName)) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i, name := range names {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			f(i, name)
		})
	}
	wg.Wait()
}

// Break takes every lock away that the sightings show, and raises the epoch on
// every node that was sighted, so that the controllers that held them are
// refused everywhere. It gives the new epoch. A node that answered no survey is
// left as it is. Judging whether a lock may be broken is the caller's business.
//
// The locks go last: on an error they may all be there still, and Break may be
// repeated.
func Break(ctx context.Context, nodes Nodes, seen []Sighting, by node.Claim) (epoch int, err error) {
	var names []inventory.NodeName
	holders := map[inventory.NodeName]string{}
	for _, s := range seen {
		if s.Err != nil {
			continue
		}
		names, by.Epoch = append(names, s.Node), max(by.Epoch, s.Survey.Epoch)
		if s.Survey.Lock != nil {
			holders[s.Node] = s.Survey.Lock.Run
		}
	}
	by.Epoch++
	errs := make([]error, len(names))
	each(names, func(i int, name inventory.NodeName) {
		h, err := bounded{nodes}.Node(ctx, name)
		if err == nil {
			ctx, cancel := context.WithTimeout(ctx, askPatience)
			defer cancel()
			err = node.Init(ctx, h, by)
		}
		if err != nil {
			errs[i] = fmt.Errorf("%s: raising the epoch: %w", name, err)
		}
	})
	if err := together(errs...); err != nil {
		return by.Epoch, err
	}
	for name, run := range holders {
		l := &Lock{Nodes: nodes, Masters: []inventory.NodeName{name}, Run: run}
		if h, herr := nodes.Node(ctx, name); herr == nil {
			err = errors.Join(err, put(ctx, h, node.InstalledPath(), node.Program()))
		}
		err = errors.Join(err, l.Release(ctx, by.Epoch))
	}
	return by.Epoch, err
}

// Piece is what a copy of a run's file grows by.
type Piece struct {
	File    string
	Offset  int64 // where it goes; the copy ends behind it
	Content []byte
}

// Copy lets a run's file on a master grow, so that the run can go on from
// another machine. The node program must be installed there. The run itself
// does not depend on copies.
func Copy(ctx context.Context, h Host, c node.Claim, p Piece) error {
	return h.Put(ctx, sshexec.PutFile{
		Content: p.Content, Dst: node.RunPath(c.Run, p.File), Mode: rootOnly,
		Install: func(tmp string) sshexec.Cmd { return node.CopyCmd(c, p.File, p.Offset, tmp) },
	})
}

// InstallProgram puts the node program on a node.
func InstallProgram(ctx context.Context, h Host) error {
	return put(ctx, h, node.InstalledPath(), node.Program())
}

// CopyError means that a copy cannot be read, or is longer than any run's.
type CopyError struct {
	Node inventory.NodeName
	File string
	What string
}

func (e *CopyError) Error() string { return fmt.Sprintf("%s: copy of %s: %s", e.Node, e.File, e.What) }

// copyLimit bounds a copy of a journal: some 500 bytes an event.
const copyLimit = 512 << 20

// ReadCopy writes a file of a run to w, as a master has it, of which the master
// said that it has so many bytes. It may have grown since: what is behind them
// is left out. Every answer but the last must be as long as answers can be, so
// that a master that lies is found out soon. At most one answer is kept in
// memory.
func ReadCopy(ctx context.Context, nodes Nodes, name inventory.NodeName, f node.RunFile, w io.Writer) error {
	if f.Bytes > copyLimit {
		return &CopyError{Node: name, File: f.Name, What: fmt.Sprintf("said to have %d bytes; want at most %d", f.Bytes, copyLimit)}
	}
	h, err := nodes.Node(ctx, name)
	if err != nil {
		return err
	}
	for done := int64(0); done < f.Bytes; {
		b, err := readPiece(ctx, h, f, done)
		if err != nil {
			return err
		}
		b = b[:min(int64(len(b)), f.Bytes-done)]
		if done += int64(len(b)); len(b) < node.RunLimit && done < f.Bytes {
			return &CopyError{Node: name, File: f.Name, What: fmt.Sprintf("ends after %d of %d bytes", done, f.Bytes)}
		}
		if _, err := w.Write(b); err != nil {
			return fmt.Errorf("keeping the copy of %s that %s has: %w", f.Name, name, err)
		}
	}
	return nil
}

func readPiece(ctx context.Context, h Host, f node.RunFile, offset int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	return node.ReadRun(ctx, h, f.Run, f.Name, offset)
}
