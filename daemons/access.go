package daemons

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"strconv"
)

// Access says how the HTTP daemons of a cluster are spoken to. The zero Access
// is plain HTTP without credentials: open DC/OS, and Enterprise in permissive
// mode.
type Access struct {
	TLS *tls.Config // not nil: https, with this CA; never changed

	// Authorize adds credentials to a request: safe for concurrent use, and its
	// error is the request's. nil: none. It is never asked for plain HTTP, which
	// would give the credentials away.
	Authorize func(*http.Request) error
}

// URL is that of the daemon at a port of a node, without a path.
func (a Access) URL(ip string, port int) string {
	scheme := "http"
	if a.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(ip, strconv.Itoa(port))
}

// Dial makes a connection: from a node, as *sshexec.Conn.DialContext does, or from here.
type Dial func(ctx context.Context, network, addr string) (net.Conn, error)

// Client asks the daemons of a cluster through dial. It follows no redirect.
func (a Access) Client(dial Dial) *http.Client {
	c, t := client(dial)
	if t.TLSClientConfig = a.TLS; a.Authorize != nil {
		c.Transport = authorizing{t, a.Authorize}
	}
	return c
}

// Anonymous asks servers that are not the cluster's: it has no credentials, and trusts
// the CAs of this machine. It follows no redirect: a page to log in on answers 200 to
// everything. Without a dial it uses the network, and the proxies of the environment.
func Anonymous(dial Dial) *http.Client {
	c, t := client(dial)
	if dial == nil {
		t.Proxy = http.ProxyFromEnvironment
	}
	return c
}

// client keeps no connection for the next question: one through a tunnel knows no
// deadlines, and dies with its SSH connection.
func client(dial Dial) (*http.Client, *http.Transport) {
	t := &http.Transport{
		DialContext: dial, DisableKeepAlives: true, DisableCompression: true,
		MaxResponseHeaderBytes: 64 << 10, ReadBufferSize: 16 << 10,
	}
	return &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, t
}

// authorizing adds credentials to requests over TLS.
type authorizing struct {
	next      http.RoundTripper
	authorize func(*http.Request) error
}

func (t authorizing) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme == "https" {
		r = r.Clone(r.Context())
		if err := t.authorize(r); err != nil {
			return nil, err
		}
	}
	return t.next.RoundTrip(r)
}
