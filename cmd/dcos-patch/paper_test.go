package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestLinesAreBrokenAtTheTerminalsWidth(t *testing.T) {
	long := strings.Repeat("quorum ", 30)
	for _, c := range []struct {
		name, line string
		width      int
		rows       int
		below      string
	}{
		{"short", "  seen    well", 80, 1, ""},
		{"below its label", "  seen    " + long, 80, 3, "          "},
		{"below its time", "12:00:00 a1 " + long, 80, 4, "         "},
		{"a command is pasted whole", "  next    1 dcos-patch -i x resume --run 1 " + long, 80, 1, ""},
		{"so is one for a node", "  try     on a1: sudo systemctl start x " + long, 80, 1, ""},
		{"a width that is not known", long, 0, 1, ""},
		{"one long word", strings.Repeat("x", 200), 80, 1, ""},
	} {
		rows := wrapLine(c.line, c.width)
		if len(rows) != c.rows {
			t.Errorf("%s: %d rows, want %d: %q", c.name, len(rows), c.rows, rows)
		}
		if strings.Join(strings.Fields(strings.Join(rows, " ")), " ") != strings.Join(strings.Fields(c.line), " ") {
			t.Errorf("%s: words are lost: %q", c.name, rows)
		}
		for i, r := range rows {
			if len(rows) > 1 && utf8.RuneCountInString(r) > c.width || i > 0 && (!strings.HasPrefix(r, c.below) || strings.HasPrefix(r, c.below+" ")) {
				t.Errorf("%s: row %d %q", c.name, i, r)
			}
		}
	}
}

func TestColourIsForTerminalsThatWantIt(t *testing.T) {
	const said = "12:00:00 HOLD a1 away\n12:00:00 a1 serve FAILED: DONE\nSTOPPED 12:00:00 at x\n  SAFE TO LEAVE: yes. all\n  seen    a node said DONE and HOLD\n"
	var out bytes.Buffer
	p := paper{&out, terminal{columns: func() int { return 100 }, colour: true}}
	if n, err := p.Write([]byte(said)); n != len(said) || err != nil {
		t.Fatal(n, err)
	}
	want := "12:00:00 \x1b[33mHOLD\x1b[0m a1 away\n12:00:00 a1 serve \x1b[31mFAILED\x1b[0m: DONE\n\x1b[31mSTOPPED\x1b[0m 12:00:00 at x\n  SAFE TO LEAVE: \x1b[32myes\x1b[0m. all\n  seen    a node said DONE and HOLD\n"
	if out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	out.Reset()
	p.colour = false
	p.Write([]byte(said))
	if out.String() != said {
		t.Errorf("without colour: %q", out.String())
	}
}

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
		a := &app{streams: streams{in: strings.NewReader(""), out: &out, err: &errs, outTerm: c.term, errTerm: c.term}, world: theWorld()}
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
