package checks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/mesos"
)

// metricsPatience is how long metrics may take. A daemon answers two requests a
// second for them, everyone's together, and queues the rest: this is a queue of
// sixty. Its other answers, v1 calls among them, are not limited.
const metricsPatience = 30 * time.Second

// aliveWithin is how long a daemon may take to show that it lives.
const aliveWithin = 5 * time.Second

var errNoMetrics = errors.New("the metrics took too long")

// snapshot reads the daemon's metrics. Where they do not come in time, the error
// says whether the daemon answers other questions: then others poll its metrics.
func (p *peer) snapshot(ctx context.Context) (mesos.Sample, error) {
	within, cancel := context.WithTimeoutCause(ctx, metricsPatience, errNoMetrics)
	defer cancel()
	s, err := p.metrics.Read(within)
	if err == nil || !errors.Is(context.Cause(within), errNoMetrics) {
		return s, err
	}
	ask, done := context.WithTimeout(ctx, aliveWithin)
	defer done()
	if _, other := p.mesos.Version(ask); other != nil {
		return s, fmt.Errorf("no answer within %s, and none to other questions", metricsPatience)
	}
	return s, fmt.Errorf("no answer within %s, although it answers other questions: Mesos answers %s twice a second for each daemon, everyone's requests together, "+
		"and others poll it; let them poll less often", metricsPatience, dcos.MetricsSnapshot)
}
