package mesos

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// meter counts what is read for one token and of the whole, and remembers how
// the whole began.
type meter struct {
	r     io.Reader
	total int64
	token int
	head  []byte // at most headMost
}

const headMost = 4 << 10

// errToken is a token that is too long to be one of Mesos.
var errToken = fmt.Errorf("one value is longer than %d KiB", tokenMost>>10)

func (m *meter) begin() { m.token = 0 }

func (m *meter) Read(p []byte) (int, error) {
	if m.token > tokenMost {
		return 0, errToken
	}
	n, err := m.r.Read(p)
	m.total, m.token = m.total+int64(n), m.token+n
	m.head = append(m.head, p[:min(n, headMost-len(m.head))]...)
	return n, err
}

// notJSON is an answer that begins with head and is no JSON.
type notJSON struct{ head []byte }

func (e *notJSON) Error() string { return "not JSON" }

func (m *meter) explain(err error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return &notJSON{m.head}
	case errors.Is(err, io.EOF) && m.total == 0:
		return &notJSON{}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("cut off after %d bytes: %w", m.total, io.ErrUnexpectedEOF)
	}
	return err
}
