package flight

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
)

// size is what the files of a directory have together.
func size(t *testing.T, dir string) int64 {
	t.Helper()
	paths, err := List(dir)
	if err != nil {
		t.Fatal(err)
	}
	var n int64
	for _, p := range paths {
		fi, err := os.Stat(p)
		if err != nil {
			t.Fatal(err)
		}
		n += fi.Size()
	}
	return n
}

func TestALongStepKeepsItsFirstAndLastSamplesAndSaysHowManyAreMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		limits := Limits{File: 20 << 10, Run: 1 << 30, Queue: 1 << 30}
		r := New(dir, limits, never(t))
		tp := r.Began(task("s", "registered"), began)
		const samples = 3000
		for i := range samples {
			tp.Sample(0, nth(i, fmt.Sprintf("away %d s", i))) // nothing repeats itself
			if i%50 == 0 {
				synctest.Wait() // until all is written
			}
		}
		tp.Ended(began.Add(time.Hour), nil)
		r.Close()
		got := only(t, dir, "s")
		if n := size(t, dir); n > limits.File+50*300 {
			t.Errorf("%d bytes", n)
		}
		if have := len(got.Samples) + got.WithoutSamples(); have != samples || got.WithoutSamples() == 0 {
			t.Errorf("%d samples and %d left out, want %d together", len(got.Samples), got.WithoutSamples(), samples)
		}
		first, last := got.Samples[0], got.Samples[len(got.Samples)-1]
		if first.Asked != 0 || first.LeftOut != 0 || last.Asked != (samples-1)*5*time.Second || got.Ended == nil {
			t.Errorf("from %s to %s, ended %+v", first.Asked, last.Asked, got.Ended)
		}
		for i, s := range got.Samples {
			if want := fmt.Sprintf("away %d s", int(s.Asked/(5*time.Second))); s.Finding.Observed != want {
				t.Fatalf("sample %d at %s says %q", i, s.Asked, s.Finding.Observed)
			}
		}
	})
}

func TestABriefFileIsReadAsTheWholeIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		r := New(dir, Limits{File: 1 << 30, Run: 1 << 30, Queue: 1 << 30}, never(t))
		tp := r.Began(task("s", "registered"), began)
		const samples, most = 3000, 20 << 10
		for i := range samples {
			tp.Sample(0, nth(i, fmt.Sprintf("away %d s", i)))
		}
		tp.Ended(began.Add(time.Hour), nil)
		r.Close()
		path := filepath.Join(dir, Name("s"))
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := Brief(path, int64(len(whole))); err != nil || string(b) != string(whole) {
			t.Errorf("%d of %d bytes, %v", len(b), len(whole), err)
		}
		b, err := Brief(path, most)
		if err != nil || len(b) > most {
			t.Fatalf("%d bytes, %v", len(b), err)
		}
		takes, err := Decode(path, b)
		if err != nil || len(takes) != 1 || takes[0].Ended == nil || len(takes[0].Samples)+takes[0].WithoutSamples() != samples || takes[0].WithoutSamples() == 0 {
			t.Errorf("%d takes, %v", len(takes), err)
		}
		if _, err := Brief(filepath.Join(dir, "none"), most); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%v", err)
		}
	})
}

func TestALongRunThinsTheStepsThatEndedFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		limits := Limits{File: 1 << 20, Run: 60 << 10, Queue: 1 << 30}
		for part := range 2 { // the second controller counts what the first has left
			r := New(dir, limits, never(t))
			for i := range 10 {
				tp := r.Began(task(fmt.Sprintf("s/%d/%d", part, i), "registered", "units"), began)
				for n := range 40 {
					tp.Sample(n%2, nth(n, fmt.Sprintf("away %d s", n)))
				}
				tp.Ended(began.Add(time.Hour), nil)
				synctest.Wait() // until all is written
			}
			r.Close()
		}
		if n := size(t, dir); n > limits.Run {
			t.Errorf("%d bytes", n)
		}
		thin, newest := only(t, dir, "s/0/0"), only(t, dir, "s/1/9")
		if len(thin.Samples) != 4 || thin.WithoutSamples() != 36 || thin.Ended == nil || thin.Samples[0].Asked != 0 || thin.Samples[3].Asked != 39*5*time.Second {
			t.Errorf("the step that ended first: %d samples, %d left out", len(thin.Samples), thin.WithoutSamples())
		}
		if len(newest.Samples) != 40 {
			t.Errorf("the step that ended last: %d samples", len(newest.Samples))
		}
	})
}

func TestAStepAtWorkIsNotThinned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		for take := range 2 { // the second controller takes the step up again, and the run's bound is reached meanwhile
			r := New(dir, Limits{File: 1 << 20, Run: size(t, dir) + 2000, Queue: 1 << 30}, never(t))
			tp := r.Began(task("s", "registered"), began)
			for n := range 40 {
				tp.Sample(0, nth(n, fmt.Sprint(n)))
				synctest.Wait() // until all is written
			}
			r.Close()
			takes, err := Read(filepath.Join(dir, Name("s")))
			if err != nil || len(takes) != take+1 || len(takes[take].Samples) != 40 {
				t.Errorf("take %d: %v, %d samples", take+1, err, len(takes[len(takes)-1].Samples))
			}
		}
	})
}

func TestATroubledDiskIsToldOnceAndTheFileSaysWhatIsMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		var told []error
		r := New(dir, DefaultLimits(), func(err error) { told = append(told, err) })
		inTheWay := filepath.Join(dir, Name("s"))
		if err := os.Mkdir(inTheWay, 0o700); err != nil {
			t.Fatal(err)
		}
		tp := r.Began(task("s", "registered"), began)
		for n := range 5 {
			tp.Sample(0, nth(n, "active"))
			synctest.Wait()
		}
		if err := os.Remove(inTheWay); err != nil {
			t.Fatal(err)
		}
		tp.Sample(0, nth(5, "active"))
		tp.Sample(0, nth(6, "active"))
		tp.Ended(began.Add(time.Minute), nil)
		r.Close()
		if len(told) != 1 || !strings.Contains(told[0].Error(), "stops nothing") {
			t.Errorf("told %d times: %v", len(told), told)
		}
		got := only(t, dir, "s")
		if len(got.Samples) != 2 || got.Samples[0].LeftOut != 5 || got.Samples[0].Finding.Observed != "active" || got.Ended == nil {
			t.Errorf("%+v", got)
		}
	})
}

func TestASampleNeverWaitsForTheDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		stuck := make(chan struct{})
		r := New(filepath.Join(dir, "gone\x00"), Limits{File: 1 << 20, Run: 1 << 30, Queue: 3000}, func(error) { <-stuck }) // the writer hangs here
		tp := r.Began(task("s", "registered"), began)
		synctest.Wait() // until all is written
		const samples = 1000
		for n := range samples {
			tp.Sample(0, nth(n, "active"))
		}
		tp.Ended(began.Add(time.Hour), nil)
		r.mu.Lock()
		waiting, missed := 0, 0
		for _, e := range r.queue {
			if e.sample != nil {
				waiting++
			}
			missed += e.leftOut
		}
		bytes := r.queued
		r.mu.Unlock()
		if waiting == 0 || waiting+missed != samples || bytes > 3000 {
			t.Errorf("%d samples wait, %d are left out, %d bytes", waiting, missed, bytes)
		}
		close(stuck)
		r.Close()
		tp.Sample(0, checks.Sample{}) // after the end: nothing happens
	})
}
