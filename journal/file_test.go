package journal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var tenPM = time.Date(2026, 11, 21, 22, 0, 0, 0, time.UTC)

func event(seq uint64) Event {
	return Event{Seq: seq, At: tenPM, Kind: StepStarted, Step: "masters/m1/patch", Node: "m1", Attempt: 1}
}

// write makes a journal of n events and gives its path and bytes.
func write(t testing.TB, n int) (string, []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	j, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := j.Record(event(uint64(i + 1))); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, b
}

func TestWhatIsRecordedIsRead(t *testing.T) {
	path, _ := write(t, 3)
	got, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Event{event(1), event(2), event(3)}, got); diff != "" {
		t.Error(diff)
	}
}

func TestATornLastLineIsDroppedWhereverItTore(t *testing.T) {
	path, b := write(t, 3)
	last := bytes.LastIndexByte(b[:len(b)-1], '\n') + 1
	for cut := last + 1; cut < len(b); cut++ {
		if err := os.WriteFile(path, b[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		j, events, err := Append(path)
		if err != nil || len(events) != 2 {
			t.Fatalf("cut at %d of %d: %d events, err %v", cut, len(b), len(events), err)
		}
		if err := j.Record(event(3)); err != nil {
			t.Fatal(err)
		}
		j.Close()
		if after, _ := os.ReadFile(path); !bytes.Equal(after, b) {
			t.Fatalf("cut at %d: going on gave\n%s", cut, after)
		}
	}
}

// A record of 9 kB has three blocks, and a loss of power before its sync may cost
// any of them.
func TestARecordThatLostABlockIsATornEnd(t *testing.T) {
	path, sound := write(t, 3)
	long := event(4)
	long.Detail = strings.Repeat("x", 9000)
	line, err := Encode(long)
	if err != nil {
		t.Fatal(err)
	}
	blank := func(from, to int) []byte {
		b := bytes.Clone(line)
		clear(b[from:min(to, len(b))])
		return b
	}
	for name, tail := range map[string][]byte{
		"the first block":             blank(0, 4096),
		"one in the middle":           blank(4096, 8192),
		"the last one":                blank(8192, 1<<20),
		"all":                         blank(0, 1<<20),
		"the first, and its end, too": blank(0, 4096)[:6000],
		"what was there before":       append([]byte("an old file\nof somebody's\n"), line[30:]...),
		"one byte":                    append(append(bytes.Clone(line[:100]), 'y'), line[101:]...),
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(path, append(bytes.Clone(sound), tail...), 0o600); err != nil {
				t.Fatal(err)
			}
			if events, err := Read(path); err != nil || len(events) != 3 {
				t.Fatalf("read: %d events, %v", len(events), err)
			}
			j, events, err := Append(path)
			if err != nil || len(events) != 3 {
				t.Fatalf("%d events, %v", len(events), err)
			}
			defer j.Close()
			torn := j.Torn()
			if torn == nil || torn.Bytes != int64(len(tail)) {
				t.Fatalf("torn %+v, want %d bytes", torn, len(tail))
			}
			if kept, err := os.ReadFile(torn.Kept); err != nil || !bytes.Equal(kept, tail) {
				t.Errorf("kept %d bytes, %v", len(kept), err)
			}
			if err := j.Record(event(4)); err != nil {
				t.Fatal(err)
			}
			if events, err := Read(path); err != nil || len(events) != 4 {
				t.Errorf("went on: %d events, %v", len(events), err)
			}
		})
	}
	if j, _, err := Append(path); err != nil || j.Torn() != nil {
		t.Errorf("a whole journal: %+v, %v", j.Torn(), err)
	}
}

// A record that another one follows had been on disk.
func TestARecordThatAnotherFollowsIsNotTorn(t *testing.T) {
	path, sound := write(t, 3)
	lines := bytes.SplitAfter(sound, []byte("\n"))
	for name, text := range map[string][][]byte{
		"a whole one":                    {lines[0], bytes.Repeat([]byte{0}, 50), []byte("\n"), lines[2]},
		"a torn one":                     {lines[0], bytes.Replace(lines[1], []byte("m1"), []byte("m2"), 1), lines[2][:20]},
		"two that do not check":          {lines[0], bytes.Replace(lines[1], []byte("m1"), []byte("m2"), 1), bytes.Replace(lines[2], []byte("m1"), []byte("m2"), 1)},
		"a whole one that is not next":   {lines[0], lines[2]},
		"a whole one behind what is not": {lines[0], []byte("x\ny\n"), lines[1]},
	} {
		t.Run(name, func(t *testing.T) {
			bad := bytes.Join(text, nil)
			if err := os.WriteFile(path, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			var damage *DamageError
			if _, _, err := Append(path); !errors.As(err, &damage) || damage.Line != 2 {
				t.Errorf("err %v, want damage on line 2", err)
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(after, bad) {
				t.Error("the file was touched")
			}
		})
	}
}

func TestNothingFollowsARecordThatFailed(t *testing.T) {
	path, _ := write(t, 1)
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	good, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer good.Close()
	j := &File{f: full}
	if err := j.Record(event(2)); !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	j.f = good // there is room again
	if err := j.Record(event(3)); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("%v", err)
	}
	if events, err := Read(path); err != nil || len(events) != 1 {
		t.Errorf("%d events, %v", len(events), err)
	}
}

func TestDamageBeforeTheLastLineIsRefusedAndNothingIsTouched(t *testing.T) {
	path, b := write(t, 3)
	first := bytes.IndexByte(b, '\n')
	for i := range first + 1 {
		bad := bytes.Clone(b)
		bad[i] ^= 0x20
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err := Append(path)
		var damage *DamageError
		if !errors.As(err, &damage) || damage.Line != 1 {
			t.Fatalf("byte %d changed: err %v, want damage on line 1", i, err)
		}
		if after, _ := os.ReadFile(path); !bytes.Equal(after, bad) {
			t.Fatalf("byte %d changed: the file was touched", i)
		}
	}
}

func TestALineThatIsMissingIsDamage(t *testing.T) {
	path, b := write(t, 3)
	lines := bytes.SplitAfter(b, []byte("\n"))
	if err := os.WriteFile(path, bytes.Join([][]byte{lines[0], lines[2]}, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	var damage *DamageError
	if _, err := Read(path); !errors.As(err, &damage) || damage.Line != 2 {
		t.Errorf("err %v, want damage on line 2", err)
	}
}

func TestAJournalIsMadeOnceAndIsPrivate(t *testing.T) {
	path, _ := write(t, 1)
	if _, err := Create(path); !errors.Is(err, os.ErrExist) {
		t.Errorf("made twice: %v", err)
	}
	if fi, err := os.Stat(path); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, err %v", fi.Mode(), err)
	}
}

// FuzzRead's law: whatever the bytes, reading gives events that, written
// again, are a prefix of them; or an error and no events.
func FuzzRead(f *testing.F) {
	_, b := write(f, 2)
	f.Add(b)
	f.Add(b[:len(b)-5])
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		events, whole, err := Decode("fuzz", bytes.NewReader(in))
		if err != nil {
			if events != nil || whole != 0 {
				t.Fatalf("events beside error %v", err)
			}
			return
		}
		if whole > int64(len(in)) {
			t.Fatalf("%d sound bytes of %d", whole, len(in))
		}
		for i, e := range events {
			if e.Seq != uint64(i+1) || e.Kind == "" {
				t.Fatalf("event %d is %+v", i, e)
			}
		}
	})
}

func BenchmarkRecord(b *testing.B) {
	j, err := Create(filepath.Join(b.TempDir(), "journal.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	for i := 0; b.Loop(); i++ {
		if err := j.Record(event(uint64(i + 1))); err != nil {
			b.Fatal(err)
		}
	}
}
