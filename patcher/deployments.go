package patcher

import (
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

const (
	deploymentsLimit    = 1 << 20
	deploymentsPatience = 15 * time.Second
)

// Deployments asks the Marathon of a master what it is in the middle of. Not
// known is what it answers only to somebody with credentials, as in DC/OS
// Enterprise, or not at all.
func Deployments(ctx context.Context, h Host, ip string) (running []string, known bool) {
	ctx, cancel := context.WithTimeout(ctx, deploymentsPatience)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{DialContext: h.DialContext, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10}}
	url := "http://" + net.JoinHostPort(ip, strconv.Itoa(dcos.MarathonPort)) + "/v2/deployments"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, false
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, false
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, deploymentsLimit))
	if err != nil || resp.StatusCode != http.StatusOK {
		return nil, false
	}
	all, err := dcos.ParseDeployments(body)
	for _, d := range all {
		running = append(running, d.String())
	}
	return running, err == nil
}
