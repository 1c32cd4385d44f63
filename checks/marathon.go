package checks

import (
	"context"
	"io"
	"net"
	"net/http"
	"strconv"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// marathonLeader is the address of the leading Marathon as this master's one
// knows it; empty when it does not answer. It only weighs one point in the
// order of masters, so that no answer is no fault.
func (p *peer) marathonLeader(ctx context.Context) string {
	leader, _ := overHTTP(ctx, func(ctx context.Context) (string, error) {
		url := "http://" + net.JoinHostPort(p.node.IP, strconv.Itoa(dcos.MarathonPort)) + "/v2/leader"
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return "", err
		}
		resp, err := p.http.Do(req)
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return "", nil
		}
		b, err := io.ReadAll(io.LimitReader(resp.Body, maxFourLetters))
		if err != nil {
			return "", err
		}
		return dcos.ParseMarathonLeader(b)
	})
	return leader
}
