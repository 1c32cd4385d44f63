package memnet

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// window is how much one direction holds before a writer has to wait, as the
// buffers of a real connection do. It is larger than anything SSH sends before
// it first reads.
const window = 256 << 10

// half is one direction of a connection: one end writes, the other reads.
type half struct {
	mu    sync.Mutex
	moved sync.Cond // anything below changed
	buf   []byte

	writerDone bool  // no more data: readers get io.EOF after the buffer
	readerGone bool  // nobody reads any more: writers get EPIPE
	broken     error // cut: both ends get it at once
	frozen     bool  // nothing is delivered, nothing is lost

	readBy, writeBy deadline
}

func newHalf() *half {
	h := &half{}
	h.moved.L = &h.mu
	return h
}

func (h *half) read(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		switch {
		case h.readerGone:
			return 0, net.ErrClosed
		case h.broken != nil:
			return 0, h.broken
		case h.readBy.passed():
			return 0, os.ErrDeadlineExceeded
		case len(p) == 0:
			return 0, nil
		case h.frozen:
		case len(h.buf) > 0:
			n := copy(p, h.buf)
			h.buf = h.buf[n:]
			if len(h.buf) == 0 {
				h.buf = nil
			}
			h.moved.Broadcast()
			return n, nil
		case h.writerDone:
			return 0, io.EOF
		}
		h.moved.Wait()
	}
}

func (h *half) write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	sent := 0
	for {
		switch {
		case h.writerDone:
			return sent, net.ErrClosed
		case h.broken != nil:
			return sent, h.broken
		case h.readerGone:
			return sent, syscall.EPIPE
		case h.writeBy.passed():
			return sent, os.ErrDeadlineExceeded
		case sent == len(p):
			return sent, nil
		}
		if room := window - len(h.buf); room > 0 {
			n := min(room, len(p)-sent)
			h.buf = append(h.buf, p[sent:sent+n]...)
			sent += n
			h.moved.Broadcast()
			continue
		}
		h.moved.Wait()
	}
}

// change runs f under the lock and wakes everybody who waits.
func (h *half) change(f func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f()
	h.moved.Broadcast()
}

func (h *half) endWriting() { h.change(func() { h.writerDone = true; h.writeBy.stop() }) }
func (h *half) endReading() { h.change(func() { h.readerGone = true; h.buf = nil; h.readBy.stop() }) }
func (h *half) snap(err error) {
	h.change(func() {
		if h.broken == nil {
			h.broken, h.buf = err, nil
		}
	})
}
func (h *half) freeze()                { h.change(func() { h.frozen = true }) }
func (h *half) thaw()                  { h.change(func() { h.frozen = false }) }
func (h *half) setReadBy(t time.Time)  { h.change(func() { h.readBy.set(t, h.wake) }) }
func (h *half) setWriteBy(t time.Time) { h.change(func() { h.writeBy.set(t, h.wake) }) }
func (h *half) wake()                  { h.change(func() {}) }
