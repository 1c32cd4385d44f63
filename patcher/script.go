package patcher

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/daemons"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// scriptPatience is for some 10 kB that come from the next rack.
const scriptPatience = time.Minute

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
func FetchScript(ctx context.Context, h Host, via, from string) (dcos.Script, []byte, error) {
	bad := func(format string, args ...any) (dcos.Script, []byte, error) {
		return dcos.Script{}, nil, &ScriptError{URL: from, Via: via, What: fmt.Sprintf(format, args...)}
	}
	if holdsSecret(from) {
		return dcos.Script{}, nil, &ScriptError{URL: sshexec.Redact([]string{from}), Via: via, What: secretHere}
	}
	ctx, cancel := context.WithTimeout(ctx, scriptPatience)
	defer cancel()
	client := daemons.Anonymous(h.DialContext)
	client.CheckRedirect = nil // what is read is checked, wherever it comes from
	r, err := daemons.Get(ctx, client, from)
	switch {
	case r.Status != 0 && r.Status != http.StatusOK:
		return bad("the server answers %d %s; is it the URL that the installer printed?", r.Status, http.StatusText(r.Status))
	case err != nil:
		return bad("%v", err)
	}
	body := r.Body
	script, err := dcos.ParseScript(body)
	if err != nil {
		return bad("%v", err)
	}
	if holdsSecret(script.Repository) {
		return bad("its packages come from %s: %s", sshexec.Redact([]string{script.Repository}), secretHere)
	}
	if why := unparsable(ctx, h, body); why != "" {
		return bad("cut short or damaged: %s", why)
	}
	script.URL = from
	return script, body, nil
}

// unparsable lets the node's bash read a script without running it: one that was
// cut short has an if, a loop or a quote that never ends. Empty: it is whole, as
// far as bash can tell.
func unparsable(ctx context.Context, h Host, body []byte) string {
	_, err := h.Run(ctx, sshexec.Cmd{Argv: []string{"/bin/bash", "-n"}, Stdin: bytes.NewReader(body)})
	if err != nil {
		return sshexec.Reason(err)
	}
	return ""
}

// secretHere says why a URL with a secret is refused: the plan, the journal,
// the nodes' process lists and this program's output would all show it.
const secretHere = "the URL has a user, a password or a token in it, and would be kept in the plan and shown by every node's process list; serve the files without"

// holdsSecret reports whether a URL has a user or a parameter with a secret's
// name. What cannot be read as a URL is somebody else's to refuse.
func holdsSecret(text string) bool {
	u, err := url.Parse(text)
	if err != nil {
		return strings.Contains(text, "@")
	}
	for name := range u.Query() {
		if !strings.HasSuffix(sshexec.Redact([]string{name + "=x"}), "=x") {
			return true
		}
	}
	return u.User != nil
}
