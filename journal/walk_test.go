package journal

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
)

func lines(t *testing.T, n int) []byte {
	t.Helper()
	var all []byte
	for i := range n {
		line, err := Encode(event(uint64(i + 1)))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, line...)
	}
	return all
}

func TestAWalkSeesTheEventsThatAReadGives(t *testing.T) {
	sound := lines(t, 5)
	for name, text := range map[string][]byte{
		"a whole journal":          sound,
		"a torn last line":         sound[:len(sound)-3],
		"nothing":                  nil,
		"half of a first line":     sound[:10],
		"damage before the end":    bytes.Replace(sound, []byte(`"seq":3`), []byte(`"seq":4`), 1),
		"lines longer than a read": lines(t, 2000),
	} {
		t.Run(name, func(t *testing.T) {
			var seen []uint64
			whole, err := Walk("j", bytes.NewReader(text), Longest{}, func(e Event) { seen = append(seen, e.Seq) })
			events, readable, rerr := Decode("j", bytes.NewReader(text))
			var had []uint64
			for _, e := range events {
				had = append(had, e.Seq)
			}
			if (err != nil) != (rerr != nil) || whole != readable || err == nil && !slices.Equal(seen, had) {
				t.Errorf("walked %v, %d bytes, %v; read %v, %d bytes, %v", seen, whole, err, had, readable, rerr)
			}
		})
	}
}

func TestALineThatNoRunWritesIsDamage(t *testing.T) {
	sound := lines(t, 3)
	most := bytes.IndexByte(sound, '\n') + 1
	for _, row := range []struct {
		name string
		text []byte
		most Longest
		line int // of the damage
	}{
		{"a first line that is as long as it may be", sound, Longest{First: most, Further: most}, 0},
		{"a first line that is longer", sound, Longest{First: most - 1, Further: most}, 1},
		{"a further line that is longer", sound, Longest{First: most, Further: most - 1}, 2},
		{"a line without an end", append(slices.Clone(sound), strings.Repeat("x", 1<<20)...), Longest{First: most, Further: most}, 4},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := Walk("j", bytes.NewReader(row.text), row.most, func(Event) {})
			var damage *DamageError
			if row.line == 0 && err != nil || row.line > 0 && (!errors.As(err, &damage) || damage.Line != row.line) {
				t.Errorf("%v, want damage in line %d", err, row.line)
			}
		})
	}
}
