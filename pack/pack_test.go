package pack

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// open reads a pack.
func open(t *testing.T, b []byte) (names []string, bodies map[string]string) {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	bodies = map[string]string{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return names, bodies
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil || h.Typeflag != tar.TypeReg || h.Mode != 0o600 {
			t.Errorf("%s: type %c, mode %o, %v", h.Name, h.Typeflag, h.Mode, err)
		}
		names, bodies[h.Name] = append(names, h.Name), string(body)
	}
}

func asItIs(text []byte) []byte { return text }

func TestAPackIsBoundedAndSaysWhatItLacks(t *testing.T) {
	huge := bytes.Repeat([]byte("x"), Most)
	at := time.Date(2026, 11, 21, 22, 0, 0, 0, time.UTC)
	b, err := Pack{Dir: "a1-run", At: at, About: "about\x1b[2Jthis\n", Hide: asItIs, Entries: []Entry{
		{Name: "small", Body: []byte("\x1b[2J as it was")},
		{Name: "huge", Body: huge},
		{Name: "none", Lack: "nobody\nanswers " + strings.Repeat("at all ", 100)},
		{Name: "cut", Body: []byte("half"), Lack: "the other half"},
	}}.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	names, bodies := open(t, b)
	if got, want := strings.Join(names, " "), "a1-run/README.txt a1-run/small a1-run/cut"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := bodies["a1-run/small"]; got != "\x1b[2J as it was" {
		t.Errorf("%q", got)
	}
	readme := bodies["a1-run/README.txt"]
	for _, want := range []string{"this\n\nFILES\n", "       14  small\n", "     none  huge: the pack was full\n", "     none  none: nobody answers at all", "…\n", "        4  cut: the other half\n"} {
		if !strings.Contains(readme, want) {
			t.Errorf("no %q in\n%s", want, readme)
		}
	}
	if strings.Contains(readme, "\x1b") {
		t.Errorf("%q", readme)
	}
}

func TestNoFileOfAPackShowsWhatIsHidden(t *testing.T) {
	const canary = "c4n4ry"
	hide := func(text []byte) []byte { return bytes.ReplaceAll(text, []byte(canary), []byte("•••")) }
	b, err := Pack{Dir: "d", About: canary, Hide: hide, Entries: []Entry{{Name: "a", Body: []byte(canary)}, {Name: "b", Lack: "because of " + canary}}}.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	_, bodies := open(t, b)
	for name, body := range bodies {
		if strings.Contains(body, canary) || !strings.Contains(body, "•••") {
			t.Errorf("%s: %q", name, body)
		}
	}
}
