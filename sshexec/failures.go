package sshexec

import (
	"bytes"
	"slices"
	"sync"
	"time"
)

// How many failed commands a Pool remembers.
const (
	failuresOfNode = 8
	failuresKept   = 1000    // of all nodes
	failuresMost   = 2 << 20 // bytes of standard error, of all nodes
)

// Failure is a command that a node has ended with another code than 0, as often
// as it did so with the same words.
type Failure struct {
	At     time.Time // the last of them
	Times  int
	Cmd    string // redacted
	Code   int
	Stderr []byte
}

// failures are the last ones of each node. Safe for concurrent use.
type failures struct {
	mu    sync.Mutex
	known []nodeFailure // the oldest first
	bytes int
}

type nodeFailure struct {
	node string
	Failure
}

func (f *failures) add(e *ExitError) {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	one := nodeFailure{e.Node, Failure{At: time.Now(), Times: 1, Cmd: e.Cmd, Code: e.Code, Stderr: e.Stderr}}
	first, of := -1, 0
	for i, k := range f.known {
		switch {
		case k.node != e.Node:
		case k.Cmd == one.Cmd && k.Code == one.Code && bytes.Equal(k.Stderr, one.Stderr):
			one.Times += k.Times
			f.drop(i)
			f.keep(one)
			return
		default:
			if of++; first < 0 {
				first = i
			}
		}
	}
	if of == failuresOfNode {
		f.drop(first)
	}
	f.keep(one)
}

func (f *failures) keep(one nodeFailure) {
	f.known = append(f.known, one)
	for f.bytes += len(one.Stderr); f.bytes > failuresMost || len(f.known) > failuresKept; {
		f.drop(0)
	}
}

func (f *failures) drop(i int) {
	f.bytes -= len(f.known[i].Stderr)
	f.known = slices.Delete(f.known, i, i+1)
}

// of are those of a node, the oldest first.
func (f *failures) of(node string) []Failure {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []Failure
	for _, k := range f.known {
		if k.node == node {
			all = append(all, k.Failure)
		}
	}
	return all
}
