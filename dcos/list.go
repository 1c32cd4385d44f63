package dcos

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// list is a JSON list of which each element is taken as soon as it is read, so
// that a long list of elements that say nothing costs no more than its text.
type list[T any] struct {
	take func(i int, element T) error
}

// UnmarshalJSON gives take's error as it is.
func (l *list[T]) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if open, err := d.Token(); err != nil || open != json.Delim('[') {
		return &takeError{fmt.Errorf("%s, where a list is wanted", clip(string(b[:min(len(b), 400)])))}
	}
	for i := 0; d.More(); i++ {
		var element T
		if err := d.Decode(&element); err != nil {
			return err
		}
		if err := l.take(i, element); err != nil {
			return &takeError{err}
		}
	}
	return nil
}

// takeError is what was wrong with an element, which decode must not put into
// other words.
type takeError struct{ err error }

func (e *takeError) Error() string { return e.err.Error() }
func (e *takeError) Unwrap() error { return e.err }
