//go:build e2e

package e2e

import (
	"bytes"
	"sync"
)

// output is what a process writes. It may be read while the process writes.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // closed at the next write; nil: nobody waits
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.more != nil {
		close(o.more)
		o.more = nil
	}
	return o.text.Write(p)
}

func (o *output) String() string {
	text, _ := o.soFar()
	return text
}

// soFar is what has been written, and a channel that is closed when there is
// more.
func (o *output) soFar() (string, <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.more == nil {
		o.more = make(chan struct{})
	}
	return o.text.String(), o.more
}
