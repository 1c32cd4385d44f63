package checks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/dcos-patch/dcos-patch/daemons"
	"github.com/dcos-patch/dcos-patch/plan"
)

// reply is what an HTTP server answered to an operator's gate, or why there is no whole
// answer.
type reply struct {
	daemons.Reply
	err error
}

// get asks an operator's server, from here, or, for gates that say so, through a node.
func (a *gateContext) get(ctx context.Context, g plan.CustomGate, url string) reply {
	dial := a.c.local.Dial
	if g.ViaNode {
		dial = a.p.dial
	}
	r, err := daemons.Get(ctx, daemons.Anonymous(dial), url)
	return reply{r, err}
}

// wrong says why a reply is no yes, whatever is in its body; empty when only
// the body can tell.
func (r reply) wrong() string {
	switch {
	case r.Status != http.StatusOK && r.Location != "":
		return fmt.Sprintf("HTTP %d to %s", r.Status, brief(r.Location))
	case r.Status != http.StatusOK:
		return strings.TrimSuffix(fmt.Sprintf("HTTP %d: %s", r.Status, brief(string(r.Body))), ": ")
	case r.Age != "" && strings.Trim(r.Age, "0") != "":
		return "the answer comes from a cache, which has had it for " + brief(r.Age) + " s"
	}
	return ""
}

func judgeHTTP(r reply, g plan.CustomGate, a expectation) Answer {
	q := question{g.Name, a.node.Name, wantedOfHTTP(g)}
	if r.err != nil {
		return Answer{Finding: q.unknown("%s", words(r.err))}
	}
	if why := r.wrong(); why != "" {
		return Answer{Finding: q.failed("%s", why)}
	}
	if g.WantText != "" && !bytes.Contains(r.Body, []byte(g.WantText)) {
		return Answer{Finding: q.failed("HTTP 200 without it: %s", brief(string(r.Body)))}
	}
	if len(g.WantJSON) == 0 {
		return Answer{Finding: q.passed("HTTP 200")}
	}
	doc, err := decodeJSON(r.Body)
	if err != nil {
		return Answer{Finding: q.unknown("HTTP 200 with what is no JSON: %s", words(err))}
	}
	var seen, bad []string
	for _, w := range g.WantJSON {
		got, ok := scalarAt(doc, w.Path)
		seen = append(seen, w.Path+" "+brief(got))
		if !ok || !sameScalar(got, w.Value) {
			bad = append(bad, w.Path+" "+brief(got))
		}
	}
	if len(bad) > 0 {
		return Answer{Finding: q.failed("HTTP 200 with %s", strings.Join(bad, ", "))}
	}
	return Answer{Finding: q.passed("HTTP 200 with %s", strings.Join(seen, ", "))}
}

func wantedOfHTTP(g plan.CustomGate) string {
	want := "HTTP 200"
	if g.WantText != "" {
		want += fmt.Sprintf(" with %q", g.WantText)
	}
	for _, w := range g.WantJSON {
		want += fmt.Sprintf(", %s %s", w.Path, w.Value)
	}
	return want
}

// decodeJSON reads one document; numbers stay as they are written.
func decodeJSON(b []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var doc any
	if err := dec.Decode(&doc); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the document")
	}
	return doc, nil
}

// scalarAt finds a text, number or truth value by its path: names of fields, or
// places in lists, with dots between them. ok is false when there is none, and
// the text says what is there.
func scalarAt(doc any, path string) (text string, ok bool) {
	for name := range strings.SplitSeq(path, ".") {
		switch at := doc.(type) {
		case map[string]any:
			if doc, ok = at[name]; !ok {
				return "missing", false
			}
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(at) {
				return "missing", false
			}
			doc = at[i]
		default:
			return "missing", false
		}
	}
	switch v := doc.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	case nil:
		return "null", false
	}
	return "no single value", false
}

// sameScalar compares texts, and numbers by their value.
func sameScalar(got, want string) bool {
	if got == want {
		return true
	}
	a, errA := strconv.ParseFloat(got, 64)
	b, errB := strconv.ParseFloat(want, 64)
	return errA == nil && errB == nil && a == b
}
