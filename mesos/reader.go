package mesos

import (
	"context"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Sample is one reading of a daemon's metrics.
type Sample struct {
	Metrics dcos.Metrics
	Asked   time.Time // when the request was sent, controller's clock
	At      time.Time // when the answer was complete, controller's clock
}

// Reader shares the readings of one daemon's metrics among many callers.
type Reader struct{ client *Client }

// NewReader reads the metrics of the client's daemon.
func NewReader(c *Client) *Reader { return &Reader{client: c} }

// Read gives a sample that was asked for after the call began.
func (r *Reader) Read(ctx context.Context) (Sample, error) { return Sample{}, errTODO }
