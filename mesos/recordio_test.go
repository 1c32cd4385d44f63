package mesos

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// record writes one record.
func record(b []byte) []byte { return append(fmt.Appendf(nil, "%d\n", len(b)), b...) }

// all reads every record up to the first error.
func all(in io.Reader, most int) (got [][]byte, err error) {
	r := newRecords(in, most)
	for {
		b, err := r.next()
		if err != nil {
			return got, err
		}
		got = append(got, b)
	}
}

// Laws: what was read, written again, is what was read of; a stream that is cut
// anywhere gives the records before the cut, and never the end of the stream as
// the end of a record; however it is cut into pieces, it reads the same; and no
// record is longer than allowed.
func FuzzRecords(f *testing.F) {
	for _, text := range []string{"", "2\n{}", "2\n{}3\nabc", "1\n", "0\n", "007\nabcdefg", "-1\nx", "99999999999999999999\n", "3\nab", "\n", "2 \n{}", "5\n12345\n1\na"} {
		f.Add(text, uint(3))
	}
	f.Fuzz(func(t *testing.T, text string, cut uint) {
		const most = 16
		got, err := all(strings.NewReader(text), most)
		var again []byte
		for _, b := range got {
			if len(b) > most || len(b) == 0 {
				t.Fatalf("a record of %d bytes", len(b))
			}
			again = append(again, record(b)...)
		}
		if !strings.HasPrefix(text, string(again)) {
			t.Fatalf("%q was read as %q", text, again)
		}
		if errors.Is(err, io.EOF) != (string(again) == text) {
			t.Fatalf("%q ends with %v after %q", text, err, again)
		}
		slow, slowly := all(iotest.OneByteReader(strings.NewReader(text)), most)
		if len(slow) != len(got) || slowly.Error() != err.Error() {
			t.Fatalf("byte for byte: %d records, %v; in one: %d, %v", len(slow), slowly, len(got), err)
		}
		if len(again) == 0 {
			return
		}
		at := int(cut % uint(len(again)))
		part, err := all(bytes.NewReader(again[:at]), most)
		whole := 0
		for i, b := range part {
			if !bytes.Equal(b, got[i]) {
				t.Fatalf("record %d is %q, and was %q", i, b, got[i])
			}
			whole += len(record(b))
		}
		if errors.Is(err, io.EOF) != (whole == at) || !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("cut at %d of %q: %d bytes of records, then %v", at, again, whole, err)
		}
	})
}

func TestALengthThatLiesCostsNothing(t *testing.T) {
	const most = 1 << 30
	text := fmt.Sprintf("%d\nshort", most)
	allocated := testing.AllocsPerRun(10, func() {
		if _, err := all(strings.NewReader(text), most); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%v", err)
		}
	})
	if allocated > 20 {
		t.Errorf("%.0f allocations", allocated)
	}
	if _, err := all(strings.NewReader(fmt.Sprintf("%d\n", most+1)), most); !errors.Is(err, errRecord) {
		t.Errorf("too long: %v", err)
	}
}
