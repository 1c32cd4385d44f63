package flight

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// FormatVersion is the version of the files. It grows when a reader of the
// previous version could misunderstand the new one.
const FormatVersion = 1

// line is one line of a file: a beginning, an end, samples left out, or one
// sample. A sample without a finding has that of its gate's sample before, and
// its identity; also its marks, unless it brings others.
type line struct {
	Began    *Began            `json:"began,omitempty"`
	Ended    *Ended            `json:"ended,omitempty"`
	LeftOut  int               `json:"left_out,omitempty"`
	Gate     string            `json:"gate,omitempty"`
	Asked    plan.Duration     `json:"asked,omitempty"`
	Answered plan.Duration     `json:"answered,omitempty"`
	Evidence *plan.Duration    `json:"evidence,omitempty"`
	Finding  *dcos.Finding     `json:"finding,omitempty"`
	Identity string            `json:"identity,omitempty"`
	Marks    map[string]string `json:"marks,omitempty"`
}

// folder leaves out of samples what their gate's sample before has said; its
// opposite puts it in again. Both forget at every line that is not a sample,
// so that what lies between two such lines can be read by itself.
type folder struct{ before map[string]Sample }

func (f *folder) forget() { f.before = nil }

func (f *folder) keep(s Sample) {
	if f.before == nil {
		f.before = map[string]Sample{}
	}
	f.before[s.Gate] = s
}

// fold is the line of a sample.
func (f *folder) fold(s Sample) line {
	l := line{Gate: s.Gate, Asked: plan.Duration(s.Asked), Answered: plan.Duration(s.Answered)}
	if s.Evidence != nil {
		d := plan.Duration(*s.Evidence)
		l.Evidence = &d
	}
	before, has := f.before[s.Gate]
	switch {
	case !has || before.Finding != s.Finding || before.Identity != s.Identity || len(s.Marks) == 0 && len(before.Marks) > 0:
		l.Finding, l.Identity, l.Marks = &s.Finding, s.Identity, s.Marks
	case !maps.Equal(before.Marks, s.Marks):
		l.Marks = s.Marks
	}
	f.keep(s)
	return l
}

// unfold is the sample of a line.
func (f *folder) unfold(l line) (Sample, error) {
	s := Sample{Gate: l.Gate, Asked: l.Asked.D(), Answered: l.Answered.D(), Identity: l.Identity}
	if len(l.Marks) > 0 {
		s.Marks = l.Marks
	}
	if l.Evidence != nil {
		d := time.Duration(*l.Evidence)
		s.Evidence = &d
	}
	before, has := f.before[l.Gate]
	switch {
	case l.Finding != nil:
		s.Finding = *l.Finding
	case !has:
		return s, errors.New("a sample that is as the one before, and there is none before")
	default:
		s.Finding, s.Identity = before.Finding, before.Identity
		if s.Marks == nil {
			s.Marks = before.Marks
		}
	}
	f.keep(s)
	return s, nil
}

// encode is the line's bytes, with the line feed.
func encode(l line) ([]byte, error) {
	b, err := json.Marshal(l)
	if err != nil {
		return nil, fmt.Errorf("encoding a sample: %w", err)
	}
	return append(journal.Escape(b), '\n'), nil
}

// decode reads one line strictly: what this version does not know, it could
// misunderstand.
func decode(b []byte) (line, error) {
	var l line
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return line{}, fmt.Errorf("not a line of samples: %w", err)
	}
	if d.More() {
		return line{}, errors.New("more than one thing in a line")
	}
	return l, l.check()
}

// check reports what makes a line no line.
func (l line) check() error {
	kinds := 0
	for _, is := range []bool{l.Began != nil, l.Ended != nil, l.LeftOut != 0, l.Gate != ""} {
		if is {
			kinds++
		}
	}
	switch {
	case kinds != 1:
		return errors.New("a line is a beginning, an end, samples left out, or one sample")
	case l.LeftOut < 0:
		return errors.New("fewer than no samples left out")
	case l.Began != nil && l.Began.Format != FormatVersion:
		return fmt.Errorf("format %d, and this version reads format %d", l.Began.Format, FormatVersion)
	}
	return nil
}
