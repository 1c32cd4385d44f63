package sshexec

import (
	"bytes"
	"io"
	"sync"
)

// gateMost bounds what is kept of the words before the mark.
const gateMost = 64 << 10

// gate holds back what comes before a mark, and lets everything after it
// through: what a login shell prints of its own, and what sudo says before it
// runs the command. Safe for concurrent use.
type gate struct {
	next   io.Writer
	mark   string
	prompt string        // counted before the mark; may be empty
	opened chan struct{} // closed at the mark
	asked  chan int      // how often the prompt was seen, so far; holds the latest

	mu    sync.Mutex
	open  bool
	seen  int // prompts
	words []byte
}

func newGate(next io.Writer, mark, prompt string) *gate {
	return &gate{next: next, mark: mark, prompt: prompt, opened: make(chan struct{}), asked: make(chan int, 1)}
}

func (g *gate) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open {
		return g.next.Write(p)
	}
	g.words = append(g.words, p...)
	if at := bytes.Index(g.words, []byte(g.mark)); at >= 0 {
		rest := g.words[at+len(g.mark):]
		g.words, g.open = g.words[:at], true
		close(g.opened)
		if len(rest) > 0 {
			_, _ = g.next.Write(rest)
		}
		return len(p), nil
	}
	if g.prompt != "" {
		g.count()
	}
	if over := len(g.words) - gateMost; over > 0 { // a mark may begin in what is left
		g.words = append([]byte(nil), g.words[over:]...)
	}
	return len(p), nil
}

// count takes prompts out of the words, and tells of them.
func (g *gate) count() {
	n := bytes.Count(g.words, []byte(g.prompt))
	if n == 0 {
		return
	}
	g.words = bytes.ReplaceAll(g.words, []byte(g.prompt), nil)
	g.seen += n
	select {
	case <-g.asked:
	default:
	}
	g.asked <- g.seen
}

// before is what came before the mark, and whether the mark came. No gate is
// open.
func (g *gate) before() (words string, open bool) {
	if g == nil {
		return "", true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return string(g.words), g.open
}
