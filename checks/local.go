package checks

import (
	"context"
	"net"
	"net/http"

	"github.com/dcos-patch/dcos-patch/plan"
)

// Local is the controller's side of the operator's own gates. The zero Local
// runs commands in the current folder and uses the network.
type Local struct {
	Dir  string                                                            // where commands run: the inventory's folder
	Run  string                                                            // the run's name, for commands, URLs and queries
	Dial func(ctx context.Context, network, addr string) (net.Conn, error) // nil: the network, and the proxies of the environment
}

// Locally says how the operator's own gates are asked from here. It is called
// before the first question, and returns c.
func (c *Cluster) Locally(l Local) *Cluster {
	c.local = l
	return c
}

// Patiently says that somebody repairs what is waited for: no gate is given up
// before its time because Mesos has. It is called before the first question, and
// returns c.
func (c *Cluster) Patiently() *Cluster {
	c.patient = true
	return c
}

// client asks over HTTP from the controller, or, for gates that say so, through
// a node. It carries no credentials, and follows no redirect: a page to log in
// on answers 200 to everything.
func (a *asking) client(g plan.CustomGate) *http.Client {
	t := &http.Transport{DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10, DialContext: a.c.local.Dial}
	switch {
	case g.ViaNode:
		t.DialContext = a.p.dial
	case a.c.local.Dial == nil:
		t.Proxy = http.ProxyFromEnvironment
	}
	return &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
