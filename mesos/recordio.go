package mesos

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// errRecord is a stream that is not made of records.
var errRecord = errors.New("not a stream of records")

// lengthMost is the longest line that can say how long a record is: the digits
// of an int64.
const lengthMost = 19

// records reads RecordIO: the length of a record in decimal digits, a line
// feed, and so many bytes.
type records struct {
	in   *bufio.Reader
	most int // bytes of one record
}

func newRecords(in io.Reader, most int) *records {
	return &records{in: bufio.NewReader(in), most: most}
}

// next is the next record. At a clean end it is io.EOF; a stream that ends
// within a record is io.ErrUnexpectedEOF. A length is not believed: there is
// never room for more than has been read.
func (r *records) next() ([]byte, error) {
	n, err := r.length()
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(r.in, int64(n)))
	if err == nil && len(b) < n {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, err
	}
	return b, nil
}

// length reads the line before a record.
func (r *records) length() (int, error) {
	n := 0
	for digits := 0; ; digits++ {
		c, err := r.in.ReadByte()
		switch {
		case errors.Is(err, io.EOF) && digits > 0:
			return 0, io.ErrUnexpectedEOF
		case err != nil:
			return 0, err
		case c == '\n' && digits > 0:
			return n, nil
		case c < '0' || c > '9' || digits == 0 && c == '0' || digits == lengthMost:
			return 0, fmt.Errorf("%w: %q where a record's length is wanted", errRecord, c)
		}
		if n = 10*n + int(c-'0'); n > r.most {
			return 0, fmt.Errorf("%w: a record of more than %d KiB", errRecord, r.most>>10)
		}
	}
}
