package flight

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// DamageError is a file of samples that cannot be read. The run has not
// suffered: nothing is decided by samples.
type DamageError struct {
	Path string
	Line int
	Why  string
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("%s:%d: samples cannot be read: %s", e.Path, e.Line, e.Why)
}

// Read gives the takes of a file, the oldest first. A torn last line, left by a
// controller that was killed, is left out. The error is a *DamageError, or what
// the system says.
func Read(path string) ([]Take, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading samples: %w", err)
	}
	return Decode(path, b)
}

// Decode is Read of a file's bytes. The path is for a *DamageError.
func Decode(path string, b []byte) ([]Take, error) {
	lines, err := split(path, b)
	if err != nil {
		return nil, err
	}
	var takes []Take
	var f folder
	for i, l := range lines {
		if l.Began == nil && len(takes) == 0 {
			return nil, &DamageError{path, i + 1, "no beginning comes first"}
		}
		if l.Gate == "" {
			f.forget()
		}
		switch {
		case l.Began != nil:
			takes = append(takes, Take{Began: *l.Began})
		default:
			if err := takes[len(takes)-1].take(&f, l); err != nil {
				return nil, &DamageError{path, i + 1, err.Error()}
			}
		}
	}
	return takes, nil
}

// Brief is a file of samples in about so many bytes at most. Of a longer one, the
// samples in the middle are left out, which it says.
func Brief(path string, most int64) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading samples: %w", err)
	}
	if int64(len(b)) <= most {
		return b, nil
	}
	lines, err := split(path, b)
	if err != nil {
		return nil, err
	}
	return rewritten(lines, keepEnds(most/4))
}

// split decodes all lines but a torn last one.
func split(path string, b []byte) ([]line, error) {
	var lines []line
	for len(b) > 0 {
		end := bytes.IndexByte(b, '\n')
		if end < 0 {
			break
		}
		l, err := decode(b[:end])
		if err != nil {
			return nil, &DamageError{path, len(lines) + 1, err.Error()}
		}
		lines, b = append(lines, l), b[end+1:]
	}
	return lines, nil
}

// take enters a line that is not a beginning.
func (t *Take) take(f *folder, l line) error {
	switch {
	case l.Ended != nil && t.Ended != nil, t.Ended != nil && l.Gate != "":
		return errors.New("something after the end")
	case l.Ended != nil:
		t.Ended = l.Ended
	case l.LeftOut > 0:
		t.LeftOut += l.LeftOut
	default:
		s, err := f.unfold(l)
		if err != nil {
			return err
		}
		s.LeftOut, t.LeftOut = t.LeftOut, 0
		t.Samples = append(t.Samples, s)
	}
	return nil
}

// suffix is how the names of files of samples end.
const suffix = ".jsonl"

// Name is the name of a step's file: its id, in which every byte but letters,
// digits, dots, dashes and underscores is written as %2F, save that a slash is
// "+". A long one ends with a part of its hash. Different ids have different
// names.
func Name(step string) string { return safe(step) + suffix }

// List gives the paths of all files of samples in a directory, sorted by
// name. That there is no such directory is no error.
func List(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("listing samples: %w", err)
	}
	var paths []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), suffix) && e.Type().IsRegular() {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	slices.Sort(paths)
	return paths, nil
}
