package flight

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// disk is the directory as the writer knows it. It belongs to one goroutine.
type disk struct {
	dir    string
	limits Limits
	tracks map[string]*track // by file name
	idle   []*track          // those that ended or only look, the longest ended first: what may be thinned
	total  int64             // bytes of all files
	looked bool              // the directory has been read
}

func newDisk(dir string, limits Limits) *disk {
	return &disk{dir: dir, limits: limits, tracks: map[string]*track{}}
}

// write writes a batch of entries, each step's in one go. It goes on after an
// error, and gives back the first.
func (d *disk) write(batch []entry) error {
	if len(batch) == 0 {
		return nil
	}
	err := d.look()
	var order []*track
	for _, e := range batch {
		t := d.track(Name(e.step))
		if !slices.Contains(order, t) {
			order = append(order, t)
		}
		t.take(e)
	}
	for _, t := range order {
		err = errors.Join(err, d.settle(t))
	}
	return err
}

// finish tries once more to write what could not be written.
func (d *disk) finish() error {
	var err error
	for _, t := range d.tracks {
		if len(t.owed) > 0 {
			err = errors.Join(err, d.settle(t))
		}
	}
	return err
}

// settle writes what a track owes, and keeps the bounds. A file that cannot be
// shortened takes no more samples at twice its bound.
func (d *disk) settle(t *track) error {
	before := t.size
	if t.size > 2*d.limits.File {
		t.spill()
	}
	err := t.append(d.dir)
	if err == nil && t.size > max(d.limits.File, t.floor) {
		err = t.rewrite(d.dir, keepEnds(d.limits.File/4))
		t.floor = t.size + d.limits.File/4
	}
	d.total += t.size - before
	return errors.Join(err, d.thin(t))
}

// thin keeps the bound of the run, by what ended first. t was written last.
func (d *disk) thin(t *track) error {
	switch i := slices.Index(d.idle, t); {
	case t.open && i >= 0:
		d.idle = slices.Delete(d.idle, i, i+1)
	case !t.open && i < 0:
		d.idle = append(d.idle, t)
	}
	var err error
	for d.total > d.limits.Run && len(d.idle) > 0 {
		first := d.idle[0]
		d.idle = d.idle[1:]
		before := first.size
		err = errors.Join(err, first.rewrite(d.dir, keepFirstAndLast))
		d.total += first.size - before
	}
	return err
}

func (d *disk) track(name string) *track {
	t := d.tracks[name]
	if t == nil {
		t = &track{name: name}
		d.tracks[name] = t
	}
	return t
}

// look makes the directory, and counts what an earlier controller has left in
// it.
func (d *disk) look() error {
	if d.looked {
		return nil
	}
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return fmt.Errorf("making the directory of samples: %w", err)
	}
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return fmt.Errorf("listing samples: %w", err)
	}
	d.looked = true
	modified := map[*track]time.Time{}
	for _, e := range entries {
		fi, serr := e.Info()
		switch {
		case strings.HasSuffix(e.Name(), suffix+spare): // an earlier controller died over it
			err = errors.Join(err, gone(filepath.Join(d.dir, e.Name())))
		case serr == nil && e.Type().IsRegular() && strings.HasSuffix(e.Name(), suffix):
			t := d.track(e.Name())
			t.size, t.torn = fi.Size(), true
			d.total += t.size
			d.idle, modified[t] = append(d.idle, t), fi.ModTime()
		}
	}
	slices.SortStableFunc(d.idle, func(a, b *track) int { return modified[a].Compare(modified[b]) })
	return err
}
