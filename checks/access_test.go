package checks

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/daemons"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// httpOnly is a node of which every port is one HTTP server.
type httpOnly string

func (h httpOnly) Node(context.Context, inventory.NodeName) (Prober, error) { return h, nil }
func (h httpOnly) Run(context.Context, sshexec.Cmd) (sshexec.Result, error) {
	return sshexec.Result{}, errTest
}

func (h httpOnly) DialContext(ctx context.Context, network, _ string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, network, string(h))
}

func TestCredentialsGoOverTLSOnlyAndTheCAIsTheGivenOne(t *testing.T) {
	say := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/v2/deployments" {
			_, _ = io.WriteString(w, `[{"id": "d", "affectedApps": ["/`+r.Header.Get("Authorization")+`"]}]`)
			return
		}
		_, _ = io.WriteString(w, `{"version": "1.10.1", "git_sha": "`+r.Header.Get("Authorization")+`"}`)
	})
	plain, secure := httptest.NewServer(say), httptest.NewTLSServer(say)
	defer plain.Close()
	defer secure.Close()
	ca := secure.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	ca.ServerName = "example.com" // the test certificate's
	token := func(r *http.Request) error { r.Header.Set("Authorization", "token=secret"); return nil }
	denied := errors.New("no token to be had")
	for _, c := range []struct {
		name   string
		server *httptest.Server
		access daemons.Access
		sha    string
		fails  string
	}{
		{"plain HTTP", plain, daemons.Access{}, "", ""},
		{"credentials are kept from plain HTTP", plain, daemons.Access{Authorize: token}, "", ""},
		{"credentials over TLS", secure, daemons.Access{TLS: ca, Authorize: token}, "token=secret", ""},
		{"TLS without credentials", secure, daemons.Access{TLS: ca}, "", ""},
		{"a CA that did not sign", secure, daemons.Access{TLS: &tls.Config{ServerName: "example.com", MinVersion: tls.VersionTLS12}, Authorize: token}, "", "certificate"},
		{"no credentials to be had", secure, daemons.Access{TLS: ca, Authorize: func(*http.Request) error { return denied }}, "", "no token"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cluster := New(httpOnly(c.server.Listener.Addr().String()), Subject{Nodes: threeMasters(), Access: c.access})
			v, err := cluster.peers["m1"].mesos.Version(t.Context())
			if (err != nil) != (c.fails != "") || err != nil && !strings.Contains(err.Error(), c.fails) {
				t.Fatalf("%v, want %q", err, c.fails)
			}
			if err == nil && v.GitSHA != c.sha {
				t.Errorf("the server saw %q, want %q", v.GitSHA, c.sha)
			}
			running, err := cluster.Deployments(t.Context(), "m1")
			if (err != nil) != (c.fails != "") || err == nil && (len(running) != 1 || !strings.HasSuffix(running[0], "/"+c.sha)) {
				t.Errorf("of Marathon: %q, %v; it should have seen %q", running, err, c.sha)
			}
		})
	}
}
