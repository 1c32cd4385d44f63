package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

// TestWhatIsNoTerminalHasNeitherColourNorBreaks, and JSON has them nowhere.
func TestWhatIsNoTerminalHasNeitherColourNorBreaks(t *testing.T) {
	narrow := &terminal{columns: func() int { return 40 }, colour: true}
	for _, c := range []struct {
		name   string
		args   []string
		term   *terminal
		breaks bool
	}{
		{"a terminal", []string{"status"}, narrow, true},
		{"a pipe", []string{"status"}, nil, false},
		{"JSON", []string{"status", "-o", "json"}, narrow, false},
		{"what is copied", []string{"inventory", "schema"}, narrow, false},
	} {
		var out, errs bytes.Buffer
		a := &app{streams: streams{in: strings.NewReader(""), out: &out, errOut: &errs, outTerm: c.term, errTerm: c.term}, environment: systemEnvironment()}
		a.run(context.Background(), append([]string{"-i", "a/very/long/path/that/does/not/exist/inventory of a cluster.yaml"}, c.args...))
		if c.args[0] == "inventory" && strings.Count(out.String(), "\n") < 100 {
			t.Errorf("%s: %s", c.name, out.String())
		}
		if got := strings.Contains(out.String()+errs.String(), "\x1b["); got {
			t.Errorf("%s: colour in an error: %q", c.name, errs.String())
		}
		if got := strings.Count(errs.String(), "\n") > 1; c.name != "JSON" && got != c.breaks {
			t.Errorf("%s: broken: %t: %q", c.name, got, errs.String())
		}
		if c.name == "JSON" && strings.Count(out.String(), "\n") != 1 {
			t.Errorf("%s: %q", c.name, out.String())
		}
	}
}
