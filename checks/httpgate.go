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

	"github.com/dcos-patch/dcos-patch/plan"
)

// reply is what an HTTP server answered to an operator's gate.
type reply struct {
	status   int
	location string // of a redirect
	age      string // how long a cache has had it, seconds
	body     []byte
	err      error // there is no whole answer
}

// maxReply bounds the body of an answer.
const maxReply = 1 << 20

// get asks an operator's URL.
func (a *asking) get(ctx context.Context, g plan.CustomGate) reply {
	return fetch(ctx, a.client(g), a.about(g, g.HTTP))
}

func fetch(ctx context.Context, c *http.Client, url string) reply {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return reply{err: err}
	}
	req.Header.Set("Cache-Control", "no-cache")
	resp, err := c.Do(req)
	if err != nil {
		return reply{err: err}
	}
	defer resp.Body.Close()
	r := reply{status: resp.StatusCode, location: resp.Header.Get("Location"), age: resp.Header.Get("Age")}
	r.body, r.err = io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	if r.err == nil && len(r.body) > maxReply {
		r.err = fmt.Errorf("the answer is longer than %d MiB", maxReply>>20)
	}
	return r
}

// wrong says why a reply is no yes, whatever is in its body; empty when only
// the body can tell.
func (r reply) wrong() string {
	switch {
	case r.status != http.StatusOK && r.location != "":
		return fmt.Sprintf("HTTP %d to %s", r.status, brief(r.location))
	case r.status != http.StatusOK:
		return strings.TrimSuffix(fmt.Sprintf("HTTP %d: %s", r.status, brief(string(r.body))), ": ")
	case r.age != "" && strings.Trim(r.age, "0") != "":
		return "the answer comes from a cache, which has had it for " + brief(r.age) + " s"
	}
	return ""
}

func judgeHTTP(r reply, g plan.CustomGate, a against) Answer {
	q := question{g.Name, a.node.Name, wantedOfHTTP(g)}
	if r.err != nil {
		return Answer{Finding: q.unknown("%s", words(r.err))}
	}
	if why := r.wrong(); why != "" {
		return Answer{Finding: q.failed("%s", why)}
	}
	if g.WantText != "" && !bytes.Contains(r.body, []byte(g.WantText)) {
		return Answer{Finding: q.failed("HTTP 200 without it: %s", brief(string(r.body)))}
	}
	if len(g.WantJSON) == 0 {
		return Answer{Finding: q.passed("HTTP 200")}
	}
	doc, err := decodeJSON(r.body)
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
