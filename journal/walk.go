package journal

import (
	"bufio"
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
// none of them, and tells how many bytes are sound: a torn last line is left
// out. On an error, events before the damage have been seen. The path is for a
// *DamageError, which a line that is too long is, too.
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
			if _, more := br.Peek(1); errors.Is(derr, errTorn) && errors.Is(more, io.EOF) {
				return whole, nil
			}
			return 0, &DamageError{Path: path, Line: n, Why: derr.Error()}
		}
		each(e)
		whole += int64(len(line))
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
