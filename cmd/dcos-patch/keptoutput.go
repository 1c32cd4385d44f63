package main

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

// keptOutput is the standard output of every command. It remembers the first write that
// failed, so that no command has to heed it, and fails with that one from then on. It is
// safe for concurrent use.
type keptOutput struct {
	w io.Writer

	mu    sync.Mutex
	first error // nil: all was written
}

func (k *keptOutput) Write(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	n, err := k.w.Write(p)
	if err == nil {
		return n, nil
	}
	if k.first == nil {
		k.first = err
	}
	return n, k.first
}

// lost is the first write that failed; nil: none did.
func (k *keptOutput) lost() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.first
}

// instead is how a command ended: what was lost of its output makes an exit code, and is
// told in the end, also where the command has ended for it.
func (k *keptOutput) instead(err error) error {
	if lost := k.lost(); lost != nil && (err == nil || errors.Is(err, lost)) {
		return &codeError{exitInternal}
	}
	return err
}

// tellLost says that not all of the output was written, and gives how the command ended.
// Nothing else is due to it: a run has gone on.
func (a *app) tellLost(w io.Writer, k *keptOutput, err error) error {
	lost := k.lost()
	if lost == nil {
		return err
	}
	fmt.Fprintf(w, "dcos-patch: not all of the output was written: %v\n", lost)
	if a.ended != nil {
		fmt.Fprintf(w, "  next  %s\n", a.program().Run("status", "--run", a.ended.Run))
	}
	return k.instead(err)
}
