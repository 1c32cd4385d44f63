package journal

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Longest bounds the lines of a journal that somebody else has written, in
// bytes: decoding one costs up to some fifty times its length. 0: no bound.
type Longest struct {
	First   int // it holds the plan
	Further int
}

func (l Longest) of(line int) int {
	if line == 1 {
		return l.First
	}
	return l.Further
}

// Walk calls each for the events of a journal, one after the other, keeping
// none of them, and tells how many bytes are sound: a torn end is left out.
// On an error, events before the damage have been seen. The path is for a
// *DamageError, which a line that is too long is, too.
//
// Every record is on disk before the next one is written. So a loss of power can
// only tear the last one, but anywhere in it: a block of it may be zeros while its
// end is there. What does not check is therefore a torn end if no further record
// was begun behind it, and damage if one was.
func Walk(path string, r io.Reader, most Longest, each func(Event)) (whole int64, err error) {
	br := bufio.NewReaderSize(r, 1<<16)
	for n := 1; ; n++ {
		line, err := readLine(br, most.of(n))
		var long *longError
		if errors.As(err, &long) {
			return 0, &DamageError{Path: path, Line: n, Why: long.Error()}
		}
		if len(line) == 0 && errors.Is(err, io.EOF) {
			return whole, nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, fmt.Errorf("reading journal: %w", err)
		}
		e, derr := decode(line)
		if derr == nil && e.Seq != uint64(n) {
			derr = fmt.Errorf("event %d where %d was expected", e.Seq, n)
		}
		if derr != nil {
			if torn, err := isLast(br, derr); err != nil {
				return 0, fmt.Errorf("reading journal: %w", err)
			} else if torn {
				return whole, nil
			}
			return 0, &DamageError{Path: path, Line: n, Why: derr.Error()}
		}
		each(e)
		whole += int64(len(line))
	}
}

// isLast reports whether a line that does not check is what is left of the last
// record: it is torn, and no line behind it begins as a record does.
func isLast(br *bufio.Reader, why error) (bool, error) {
	if !errors.Is(why, errTorn) {
		return false, nil
	}
	for begins := true; ; {
		part, err := br.ReadSlice('\n')
		if begins && bytes.HasPrefix(part, []byte(linePrefix)) {
			return false, nil
		}
		begins = err == nil
		switch {
		case errors.Is(err, io.EOF):
			return true, nil
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return false, err
		}
	}
}

// longError is a line that is longer than any of ours.
type longError struct{ most int }

func (e *longError) Error() string {
	return fmt.Sprintf("a line of more than %d bytes; no run writes any", e.most)
}

// readLine reads a line with its end, of at most so many bytes if most is not
// 0. An io.EOF may stand beside a line without an end.
func readLine(br *bufio.Reader, most int) ([]byte, error) {
	var line []byte
	for {
		part, err := br.ReadSlice('\n')
		if most > 0 && len(line)+len(part) > most {
			return nil, &longError{most}
		}
		line = append(line, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}
