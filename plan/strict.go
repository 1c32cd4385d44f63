package plan

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// unknownField finds the first object key in valid JSON that a T has no field
// for, with its path and offset. The standard
// library refuses unknown fields too, but does not say where they are.
func unknownField[T any](b []byte) (path string, offset int64, found bool) {
	w := walker{dec: json.NewDecoder(bytes.NewReader(b))}
	if w.value(reflect.TypeFor[T](), "") {
		return "", 0, false
	}
	return w.path, w.dec.InputOffset(), w.path != ""
}

type walker struct {
	dec  *json.Decoder
	path string // of the key that was refused
}

// value walks one JSON value of type t; false means stop.
func (w *walker) value(t reflect.Type, path string) bool {
	tok, err := w.dec.Token()
	if err != nil {
		return false
	}
	switch tok {
	case json.Delim('{'):
		return w.object(t, path)
	case json.Delim('['):
		return w.array(t, path)
	}
	return true
}

func (w *walker) array(t reflect.Type, path string) bool {
	t = structural(t)
	if t != nil && t.Kind() == reflect.Slice {
		t = t.Elem()
	} else {
		t = nil
	}
	for i := 0; w.dec.More(); i++ {
		if !w.value(t, fmt.Sprintf("%s[%d]", path, i)) {
			return false
		}
	}
	_, err := w.dec.Token()
	return err == nil
}

func (w *walker) object(t reflect.Type, path string) bool {
	t = structural(t)
	for w.dec.More() {
		tok, err := w.dec.Token()
		key, isKey := tok.(string)
		if err != nil || !isKey {
			return false
		}
		at := strings.TrimPrefix(path+"."+key, ".")
		inner, known := fieldType(t, key)
		if !known {
			w.path = at
			return false
		}
		if !w.value(inner, at) {
			return false
		}
	}
	_, err := w.dec.Token()
	return err == nil
}

// structural is the type whose fields JSON shows; nil for types that read
// themselves and for unknown ones.
func structural(t reflect.Type) reflect.Type {
	if t == nil {
		return nil
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return nil
	}
	return t
}

// fieldType is the type of a struct's field by its JSON name. Within what is
// not a struct every key is known.
func fieldType(t reflect.Type, key string) (reflect.Type, bool) {
	if t == nil || t.Kind() != reflect.Struct {
		return nil, true
	}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == key {
			return t.Field(i).Type, true
		}
	}
	return nil, false
}
