package patcher

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/dcos-patch/dcos-patch/internal/fanout"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/sshexec"
	"github.com/dcos-patch/dcos-patch/steps"
)

// Look surveys nodes, several at once, and gives their answers in order.
func Look(ctx context.Context, nodes Nodes, names []inventory.NodeName) []steps.Sighting {
	return ask(ctx, nodes, names, func(ctx context.Context, h Host, s *steps.Sighting) {
		s.Survey, s.Err = node.TakeSurvey(ctx, h)
	})
}

// ask asks nodes something, several at once, and gives their answers in order.
func ask(ctx context.Context, nodes Nodes, names []inventory.NodeName, what func(context.Context, Host, *steps.Sighting)) []steps.Sighting {
	seen := make([]steps.Sighting, len(names))
	each(names, func(i int, name inventory.NodeName) {
		defer nodes.Visit(name)()
		seen[i].Node = name
		h, err := nodes.Node(ctx, name)
		if seen[i].Err = err; err == nil {
			ctx, cancel := context.WithTimeout(ctx, steps.AskTimeout)
			defer cancel()
			what(ctx, h, &seen[i])
		}
	})
	return seen
}

// Ours asks a node what runs have left on it.
func Ours(ctx context.Context, nodes Nodes, name inventory.NodeName) (node.Belongings, error) {
	defer nodes.Visit(name)()
	h, err := nodes.Node(ctx, name)
	if err != nil {
		return node.Belongings{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, steps.AskTimeout)
	defer cancel()
	return node.Ours(ctx, h)
}

// atOnce bounds how many nodes are asked at the same time.
const atOnce = 32

// each calls f for every element, a bounded number at a time.
func each[T any](all []T, f func(i int, one T)) { fanout.Each(atOnce, all, f) }

// Raise raises the epoch on every node that was sighted, so that the controllers of
// lower ones are refused there; see steps.Raise. It gives the new epoch, and the nodes
// beside the masters that did not take it.
func Raise(ctx context.Context, nodes Nodes, seen []steps.Sighting, master func(inventory.NodeName) bool, by node.Claim) (epoch int, unraised map[inventory.NodeName]error, err error) {
	m := steps.Raise(seen, master, by.Cluster)
	(&Lock{Nodes: nodes, Run: by.Run, Owner: by.Owner, Cluster: by.Cluster}).run(ctx, m)
	return m.Epoch, m.Unraised, m.Err
}

// Unlock removes the locks of runs from masters, under an epoch that no lower
// than theirs. Judging whether that may be done is the caller's business. On an
// error, Unlock may be repeated.
func Unlock(ctx context.Context, nodes Nodes, holders map[inventory.NodeName]string, by node.Claim) error {
	var err error
	for _, name := range slices.Sorted(maps.Keys(holders)) {
		l := &Lock{Nodes: nodes, Masters: []inventory.NodeName{name}, Run: holders[name], Cluster: by.Cluster}
		if h, herr := nodes.Node(ctx, name); herr == nil {
			err = errors.Join(err, put(ctx, h, node.InstalledPath(), node.Program()))
		}
		err = errors.Join(err, l.Release(ctx, by.Epoch))
	}
	return err
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
	ctx, cancel := context.WithTimeout(ctx, steps.AskTimeout)
	defer cancel()
	return node.ReadRun(ctx, h, f.Run, f.Name, offset)
}
