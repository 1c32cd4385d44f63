package render

import (
	"bytes"
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
		{"the words after a command", "owed    files on a1: dcos-patch -i x sweep, once " + long, 80, 4, "        "},
		{"the words before it", "  next    " + long + "dcos-patch resume --reason 'it burns, but not much: so' --run 1", 80, 4, "          "},
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
	p := Screen{&out, func() int { return 100 }, true}
	if n, err := p.Write([]byte(said)); n != len(said) || err != nil {
		t.Fatal(n, err)
	}
	want := "12:00:00 \x1b[33mHOLD\x1b[0m a1 away\n12:00:00 a1 serve \x1b[31mFAILED\x1b[0m: DONE\n\x1b[31mSTOPPED\x1b[0m 12:00:00 at x\n  SAFE TO LEAVE: \x1b[32myes\x1b[0m. all\n  seen    a node said DONE and HOLD\n"
	if out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	out.Reset()
	p.Colour = false
	p.Write([]byte(said))
	if out.String() != said {
		t.Errorf("without colour: %q", out.String())
	}
}

// A command is in one row, whatever stands around it.
func TestACommandIsNotBroken(t *testing.T) {
	const command = "dcos-patch -i /a/long/path/inventory.yaml resume --reason 'it burns, or so' --run 0101-0000-fm5a;"
	for width := leastColumns; width < 160; width++ {
		rows := wrapLine("owed    the lock of the cluster on m[1-3]: "+command+" once the run has ended, or before", width)
		whole := 0
		for _, r := range rows {
			if strings.Contains(r, command) {
				whole++
			} else if utf8.RuneCountInString(r) > width {
				t.Errorf("%d columns: %q", width, r)
			}
		}
		if whole != 1 {
			t.Errorf("%d columns: %q", width, rows)
		}
	}
}
