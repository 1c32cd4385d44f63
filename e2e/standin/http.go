package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"

	"github.com/dcos-patch/dcos-patch/internal/answers"
)

// answer sends a reply. What Mesos would have answered and we do not is an event.
func answer(w http.ResponseWriter, r answers.Reply) {
	if r.Unknown != "" {
		event("not answered as Mesos does: %s", r.Unknown)
	}
	if r.Order != nil { // nobody keeps account of maintenance and drains here
		event("not carried out: %s", r.Order.Call)
		r = answers.Text(http.StatusForbidden, "403 Forbidden.")
	}
	r.Write(w)
}

// listen serves HTTP on an address until ctx ends, or says why it cannot.
func listen(ctx context.Context, address string, h http.Handler) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: h, BaseContext: func(net.Listener) context.Context { return ctx }}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(l); ctx.Err() == nil {
		return err
	}
	return nil
}

// fetchJSON gets a URL and decodes the body of a 200.
func fetchJSON(ctx context.Context, url string, v any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: HTTP %d", url, resp.StatusCode)
	}
	return json.NewDecoder(resp.Body).Decode(v)
}
