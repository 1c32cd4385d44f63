package mesos

import (
	"context"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// readSpacing keeps a daemon's /metrics/snapshot below the two requests a
// second that libprocess answers without queueing, with room for others.
const readSpacing = 600 * time.Millisecond

// Sample is one reading of a daemon's metrics.
type Sample struct {
	Metrics dcos.Metrics // shared between callers: do not change
	Asked   time.Time    // when the request was sent, controller's clock
	At      time.Time    // when the answer was complete, controller's clock
}

// Reader shares the readings of one daemon's metrics among many callers: at
// most one request is under way, and requests start at least 600 ms apart.
// Make one per daemon. Safe for concurrent use; it starts no goroutine.
type Reader struct {
	readings *Shared[Sample]
}

// NewReader reads the metrics of the client's daemon.
func NewReader(c *Client) *Reader {
	return &Reader{NewShared(Pace{Spacing: readSpacing}, func(ctx context.Context) (Sample, error) {
		asked := time.Now()
		m, err := c.Metrics(ctx)
		if err != nil {
			return Sample{}, err
		}
		return Sample{Metrics: m, Asked: asked, At: time.Now()}, nil
	})}
}

// Read gives a sample that was asked for after Read was called, never an
// earlier one. It ends with the context's error when that ends first; other
// errors are those of Client.Metrics, the same for all who shared the request.
func (r *Reader) Read(ctx context.Context) (Sample, error) { return r.readings.Get(ctx) }

// Ready is when the daemon may be read again.
func (r *Reader) Ready() time.Time { return r.readings.Ready() }
