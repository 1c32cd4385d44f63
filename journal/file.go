package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

// castagnoli is the polynomial of each line's checksum.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// File appends events to a journal on disk. Not safe for concurrent use.
type File struct {
	f    *os.File
	torn *Torn
	err  error // of the record that could not be written: nothing may follow it
}

// Torn is the end of a journal that was put aside: a record whose write was cut
// short. Nothing had been done on it.
type Torn struct {
	Bytes int64
	Kept  string // file that holds them
}

// Torn is what was put aside when the journal was opened; nil: nothing.
func (j *File) Torn() *Torn { return j.torn }

// Create makes a new journal; a file that exists is an error. Its mode is 0600,
// and its name outlives a loss of power.
func Create(path string) (*File, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("creating journal: %w", err)
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		f.Close()
		return nil, fmt.Errorf("creating journal: %w", err)
	}
	return &File{f: f}, nil
}

// AppendEach opens a journal to go on with it; each is called for its events, one after
// the other. A torn end, left by a crash in the middle of a write, is put aside (see
// Torn); damage before it is a *DamageError and the file is not touched: the events
// before it have been seen then.
func AppendEach(path string, each func(Event)) (*File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening journal: %w", err)
	}
	j := &File{f: f}
	whole, err := Walk(path, f, Longest{}, each)
	if err == nil {
		err = j.putAside(path, whole)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return j, nil
}

// tornSuffix is of the file that keeps what was cut off.
const tornSuffix = ".torn"

// putAside keeps what is behind the sound bytes in a file of its own, and cuts it
// off.
func (j *File) putAside(path string, whole int64) error {
	end, err := j.f.Seek(0, io.SeekEnd)
	if err != nil || end == whole {
		return err
	}
	kept := path + tornSuffix
	err = writeWhole(kept, io.NewSectionReader(j.f, whole, end-whole))
	if err == nil {
		err = j.f.Truncate(whole)
	}
	if err == nil {
		err = j.f.Sync()
	}
	if err != nil {
		return fmt.Errorf("putting the torn end of the journal aside: %w", err)
	}
	j.torn = &Torn{Bytes: end - whole, Kept: kept}
	return nil
}

// ReadEach is AppendEach without changing the journal.
func ReadEach(path string, each func(Event)) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("opening journal: %w", err)
	}
	defer f.Close()
	_, err = Walk(path, f, Longest{}, each)
	return err
}

// Record appends one event and returns when it is on disk. After an error every
// further call fails: only the last record of a journal may be torn.
func (j *File) Record(e Event) error {
	if j.err != nil {
		return fmt.Errorf("an earlier record failed: %w", j.err)
	}
	line, err := Encode(e)
	if err != nil {
		return err
	}
	j.err = j.append(line)
	return j.err
}

func (j *File) append(line []byte) error {
	if _, err := j.f.Write(line); err != nil {
		return fmt.Errorf("appending to journal: %w", err)
	}
	if err := j.f.Sync(); err != nil {
		return fmt.Errorf("syncing journal: %w", err)
	}
	return nil
}

// Close closes the file.
func (j *File) Close() error { return j.f.Close() }

// A line is {"crc":"89abcdef","event":{...}}: JSON for people and jq, with the
// CRC-32C of the event's bytes.
const (
	linePrefix = `{"crc":"`
	lineMiddle = `","event":`
	lineSuffix = "}\n"
	sumLen     = 8
)

// Encode gives an event's line, as Record writes it and Walk reads it.
func Encode(e Event) ([]byte, error) {
	body, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encoding event %d: %w", e.Seq, err)
	}
	body = Escape(body)
	line := make([]byte, 0, len(body)+len(linePrefix)+sumLen+len(lineMiddle)+len(lineSuffix))
	line = fmt.Appendf(line, "%s%0*x%s", linePrefix, sumLen, crc32.Checksum(body, castagnoli), lineMiddle)
	line = append(line, body...)
	return append(line, lineSuffix...), nil
}

// DamageError is a journal that is damaged before its last record. Nothing can
// be trusted that follows, so nothing is done with it.
type DamageError struct {
	Path string
	Line int
	Why  string
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("%s:%d: journal is damaged: %s", e.Path, e.Line, e.Why)
}

// errTorn is a line that is not as it was written.
var errTorn = errors.New("the line is not as it was written")

// decode reads one line. A line without a newline is torn, even if its
// checksum holds: its sync never returned, so nothing was done on it.
func decode(line []byte) (Event, error) {
	head := len(linePrefix) + sumLen + len(lineMiddle)
	if len(line) < head+len(lineSuffix) || !bytes.HasPrefix(line, []byte(linePrefix)) ||
		!bytes.HasPrefix(line[len(linePrefix)+sumLen:], []byte(lineMiddle)) || !bytes.HasSuffix(line, []byte(lineSuffix)) {
		return Event{}, fmt.Errorf("%w: not a line of a journal", errTorn)
	}
	body := line[head : len(line)-len(lineSuffix)]
	want := line[len(linePrefix) : len(linePrefix)+sumLen]
	if got := fmt.Appendf(nil, "%0*x", sumLen, crc32.Checksum(body, castagnoli)); !bytes.Equal(got, want) {
		return Event{}, fmt.Errorf("%w: checksum %s, expected %s", errTorn, got, want)
	}
	var e Event
	if err := json.Unmarshal(body, &e); err != nil {
		return Event{}, fmt.Errorf("not an event: %w", err)
	}
	if e.Kind == "" {
		return Event{}, errors.New("an event without a kind")
	}
	return e, nil
}

// first decodes the first line of a journal.
func first(r io.Reader) (Event, error) {
	line, err := bufio.NewReader(r).ReadBytes('\n')
	if err != nil {
		return Event{}, err
	}
	return decode(line)
}
