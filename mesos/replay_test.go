package mesos_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// replay answers requests as one recorded daemon did, and checks that the
// request is the recorded one.
type replay struct {
	t    *testing.T
	name string
	seen []*http.Request

	Request struct {
		Method  string            `json:"method"`
		Path    string            `json:"url_path"`
		Headers map[string]string `json:"headers"`
		Body    json.RawMessage   `json:"body"`
	} `json:"request"`
	Response struct {
		Status  int               `json:"status"`
		Headers map[string]string `json:"headers"`
		Body    json.RawMessage   `json:"body"`
	} `json:"response"`
}

func recorded(t *testing.T, number string) *replay {
	t.Helper()
	files, err := filepath.Glob("../dcos/testdata/recordings/" + number + "-*.json")
	if err != nil || len(files) != 1 {
		t.Fatalf("recording %s: %v, %v", number, files, err)
	}
	b, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	r := &replay{t: t}
	if err := json.Unmarshal(b, r); err != nil {
		t.Fatal(err)
	}
	return r
}

// asked is the v1 call, or empty.
func (r *replay) asked() string {
	var call struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(r.Request.Body, &call) != nil {
		return ""
	}
	return call.Type
}

// Do answers; replay is a mesos.Doer.
func (r *replay) Do(req *http.Request) (*http.Response, error) {
	r.seen = append(r.seen, req)
	path, _, _ := strings.Cut(r.Request.Path, "?")
	if req.Method != r.Request.Method || req.URL.Path != path {
		r.t.Errorf("asked %s %s, recorded is %s %s", req.Method, req.URL.Path, r.Request.Method, path)
	}
	if req.Body != nil {
		var asked, want any
		b, _ := io.ReadAll(req.Body)
		if json.Unmarshal(b, &asked) != nil || json.Unmarshal(r.Request.Body, &want) != nil || !cmp.Equal(asked, want) {
			r.t.Errorf("asked %s, recorded is %s", b, r.Request.Body)
		}
		for name, value := range r.Request.Headers {
			if got := req.Header.Values(name); !cmp.Equal(got, []string{value}) {
				r.t.Errorf("header %s is %q, recorded is %q", name, got, value)
			}
		}
	}
	body := string(r.Response.Body)
	var text string
	if json.Unmarshal(r.Response.Body, &text) == nil {
		body = text
	}
	header := http.Header{}
	for name, value := range r.Response.Headers {
		header.Set(name, value)
	}
	return &http.Response{StatusCode: r.Response.Status, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: req}, nil
}

// RoundTrip answers; replay is an http.RoundTripper.
func (r *replay) RoundTrip(req *http.Request) (*http.Response, error) { return r.Do(req) }
