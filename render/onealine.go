package render

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
)

// OneALine keeps to one JSON value a line, whatever is written: values are made compact, and
// what is none becomes a line of kind "text". One Write has whole values, or none.
type OneALine struct{ W io.Writer }

// textLine is what a command says that has no JSON of its own.
type textLine struct {
	Head
	Text string `json:"text"`
}

func (o OneALine) Write(p []byte) (int, error) {
	values, ok := valuesIn(p)
	if !ok {
		values = nil
		for line := range strings.Lines(string(p)) {
			if line = strings.TrimSpace(line); line != "" {
				values = append(values, textLine{Headed("text"), line})
			}
		}
	}
	for _, v := range values {
		if err := Value(o.W, v); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// valuesIn takes JSON values apart; false when there is anything else.
func valuesIn(p []byte) (values []any, ok bool) {
	dec := json.NewDecoder(bytes.NewReader(p))
	for {
		var v json.RawMessage
		switch err := dec.Decode(&v); err {
		case nil:
			values = append(values, v)
		case io.EOF:
			return values, true
		default:
			return nil, false
		}
	}
}
