package pack

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/render"
)

// Most is the most bytes that the files of a pack have together, before they
// are compressed.
const Most = 8 << 20

const (
	readmeName = "README.txt"
	readmeMost = 64 << 10
)

// Entry is one file of a pack, or the reason why there is none.
type Entry struct {
	Name string // ours, never a node's word
	Body []byte // empty: there is no such file
	Lack string // what is missing in it, and why; empty: nothing is
}

// Pack is what a pack is made of.
type Pack struct {
	Dir     string                   // in which all its files are
	At      time.Time                // of its making
	About   string                   // the beginning of its README
	Entries []Entry                  // in order; beyond Most they are left out
	Hide    func(text []byte) []byte // takes known secrets out of a text
}

// Bytes is the compressed tar file.
func (p Pack) Bytes() ([]byte, error) {
	files := p.fit()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	t := tar.NewWriter(z)
	for _, f := range slices.Concat([]Entry{p.readme(files)}, files) {
		if len(f.Body) == 0 {
			continue
		}
		h := tar.Header{Typeflag: tar.TypeReg, Name: p.Dir + "/" + f.Name, Mode: 0o600, Size: int64(len(f.Body)), ModTime: p.At}
		if err := t.WriteHeader(&h); err != nil {
			return nil, fmt.Errorf("packing %s: %w", f.Name, err)
		}
		if _, err := t.Write(f.Body); err != nil {
			return nil, fmt.Errorf("packing %s: %w", f.Name, err)
		}
	}
	if err := t.Close(); err != nil {
		return nil, fmt.Errorf("packing: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("packing: %w", err)
	}
	return out.Bytes(), nil
}

// fit is the entries without secrets, and without what exceeds the bound.
func (p Pack) fit() []Entry {
	left := Most - readmeMost
	var files []Entry
	for _, e := range p.Entries {
		e.Body = p.Hide(e.Body)
		if len(e.Body) > left {
			e.Body, e.Lack = nil, "the pack was full"
		}
		left -= len(e.Body)
		files = append(files, e)
	}
	return files
}

// readme says what the pack is about and what is in it. People read it on a
// terminal, so whatever a node has said in it is made printable.
func (p Pack) readme(files []Entry) Entry {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nFILES\n", strings.TrimRight(p.About, "\n")+"\n")
	for _, f := range files {
		size := "     none"
		if len(f.Body) > 0 {
			size = fmt.Sprintf("%9d", len(f.Body))
		}
		fmt.Fprintf(&b, "%s  %s", size, f.Name)
		if f.Lack != "" {
			fmt.Fprintf(&b, ": %s", brief(f.Lack))
		}
		b.WriteByte('\n')
	}
	b.WriteString(`
What nodes have said is as they said it: look at those files with less, not cat. Environments, command
lines, the inventory and keys are not in here, and known passwords are replaced by ` + "•••" + `; logs may
hold what others have written into them. Look before you pass it on.
`)
	var text bytes.Buffer
	_, _ = render.Terminal{W: &text}.Write(p.Hide([]byte(b.String())))
	return Entry{Name: readmeName, Body: text.Bytes()[:min(text.Len(), readmeMost)]}
}

// briefMost is how much of a reason the README repeats, in bytes.
const briefMost = 300

// brief is a reason in one line.
func brief(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > briefMost {
		text = strings.ToValidUTF8(text[:briefMost], "") + "…"
	}
	return text
}
