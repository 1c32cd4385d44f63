package mesos

import (
	"context"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// ReadSpacing keeps a daemon's /metrics/snapshot below the two requests a
// second that libprocess answers without queueing, with room for others.
const ReadSpacing = 600 * time.Millisecond

// Sample is one reading of a daemon's metrics.
type Sample struct {
	Metrics dcos.Metrics // shared between callers: do not change
	Asked   time.Time    // when the request was sent, controller's clock
	At      time.Time    // when the answer was complete, controller's clock
}

// Reader shares the readings of one daemon's metrics among many callers: at
// most one request is under way, and requests start at least the spacing apart.
// Make one per daemon. Safe for concurrent use; it starts no goroutine.
type Reader struct {
	readings *Shared[Sample]
}

// NewReader reads the metrics of the client's daemon; ReadSpacing is the spacing
// of real ones.
func NewReader(c *Client, spacing time.Duration) *Reader {
	return &Reader{NewShared(Pace{Spacing: spacing}, func(ctx context.Context) (Sample, error) {
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
