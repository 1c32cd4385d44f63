package patcher

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// scriptLimit bounds a node patch script; real ones have some 10 kB.
const scriptLimit = 4 << 20

// ScriptError is a node patch script that cannot be used.
type ScriptError struct {
	URL  string
	Via  string // the node through whose network it was read
	What string
}

func (e *ScriptError) Error() string {
	return fmt.Sprintf("node patch script %s, read through %s: %s", e.URL, e.Via, e.What)
}

// FetchScript reads the node patch script through a node's own network, as the
// node would, and checks that it is one. curl without -f would save an error
// page under the script's name.
func FetchScript(ctx context.Context, h Host, via, url string) (dcos.Script, []byte, error) {
	bad := func(format string, args ...any) (dcos.Script, []byte, error) {
		return dcos.Script{}, nil, &ScriptError{URL: url, Via: via, What: fmt.Sprintf(format, args...)}
	}
	client := &http.Client{Transport: &http.Transport{DialContext: h.DialContext, DisableKeepAlives: true}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return bad("%v", err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return bad("%v", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, scriptLimit+1))
	switch {
	case resp.StatusCode != http.StatusOK:
		return bad("the server answers %s; is it the URL that the installer printed?", resp.Status)
	case err != nil:
		return bad("%v", err)
	case len(body) > scriptLimit:
		return bad("longer than %d bytes", scriptLimit)
	}
	script, err := dcos.ParseScript(body)
	if err != nil {
		return bad("%v", err)
	}
	script.URL = url
	return script, body, nil
}
