package flight

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// track is one step's file as the writer knows it.
type track struct {
	name  string
	size  int64  // of what is sound in the file
	floor int64  // the size up to which rewriting it again would not help
	torn  bool   // an earlier controller wrote it: its last line may be torn
	open  bool   // a step is at work: the file is not thinned
	owed  []line // to be written
	fold  folder
}

// take adds an entry to what is owed.
func (t *track) take(e entry) {
	t.leave(e.leftOut)
	switch {
	case e.began != nil:
		t.fold.forget()
		t.open = len(e.began.Gates) > 0
		t.owed = append(t.owed, line{Began: e.began})
	case e.ended != nil:
		t.fold.forget()
		t.open = false
		t.owed = append(t.owed, line{Ended: e.ended})
	case e.sample != nil:
		t.owed = append(t.owed, t.fold.fold(*e.sample))
	}
}

// leave owes a line for samples that are left out.
func (t *track) leave(n int) {
	if n == 0 {
		return
	}
	t.fold.forget()
	if i := len(t.owed) - 1; i >= 0 && t.owed[i].LeftOut > 0 {
		t.owed[i].LeftOut += n
		return
	}
	t.owed = append(t.owed, line{LeftOut: n})
}

// spill leaves out the samples that are owed, and owes the rest.
func (t *track) spill() {
	owed := t.owed
	t.owed = nil
	for _, l := range owed {
		switch {
		case l.Gate != "":
			t.leave(1)
		case l.LeftOut > 0:
			t.leave(l.LeftOut)
		default:
			t.owed = append(t.owed, l)
		}
	}
	t.fold.forget()
}

// append writes what is owed to the end of the file. When it cannot, the file
// is as it was, and what is owed but for samples is tried again with the next.
func (t *track) append(dir string) error {
	if len(t.owed) == 0 {
		return nil
	}
	err := t.tryAppend(filepath.Join(dir, t.name))
	if err != nil {
		t.spill()
		return fmt.Errorf("writing samples: %w", err)
	}
	t.owed = nil
	return nil
}

func (t *track) tryAppend(path string) error {
	var out []byte
	for _, l := range t.owed {
		b, err := encode(l)
		if err != nil {
			return err
		}
		out = append(out, b...)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if t.torn {
		err = t.mend(path, f)
	}
	if err == nil {
		if _, err = f.WriteAt(out, t.size); err != nil {
			err = errors.Join(err, f.Truncate(t.size))
		}
	}
	if err = errors.Join(err, f.Close()); err == nil {
		t.size += int64(len(out))
	}
	return err
}

// mend cuts a torn last line off.
func (t *track) mend(path string, f *os.File) error {
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	t.size = int64(bytes.LastIndexByte(b, '\n') + 1)
	if err := f.Truncate(t.size); err != nil {
		return err
	}
	t.torn = false
	return nil
}

// rewrite leaves out of the file what keep does not keep, in one stroke: the
// file is the old one or the new one, whenever the controller dies.
func (t *track) rewrite(dir string, keep keeper) error {
	path := filepath.Join(dir, t.name)
	b, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("shortening samples: %w", err)
	}
	lines, err := split(path, b)
	if err != nil {
		return fmt.Errorf("shortening samples: %w", err)
	}
	out, err := rewritten(lines, keep)
	if err == nil {
		err = os.WriteFile(path+spare, out, 0o600)
	}
	if err == nil {
		err = os.Rename(path+spare, path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("shortening samples: %w", err), gone(path+spare))
	}
	t.size, t.torn = int64(len(out)), false
	t.fold.forget()
	return nil
}

// spare is how the names of files end that take a file's place.
const spare = ".tmp"

// gone removes a file, if it is there.
func gone(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
