package checks

import (
	"crypto/tls"
	"net/http"
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

func (a Access) scheme() string {
	if a.TLS != nil {
		return "https"
	}
	return "http"
}

// transport adds the credentials, where they may be seen.
func (a Access) transport(base *http.Transport) http.RoundTripper {
	base.TLSClientConfig = a.TLS
	if a.Authorize == nil {
		return base
	}
	return authorizing{base, a.Authorize}
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
