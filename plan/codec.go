package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// FormatError says where a plan's JSON cannot be read. Line counts from 1; 0
// means that no place is known.
type FormatError struct {
	What  string // "plan" or "facts"
	Line  int
	Field string // "stages[3].lanes[0].node"; empty when not known
	Err   error
}

func (e *FormatError) Error() string {
	where := e.What
	if e.Line > 0 {
		where += fmt.Sprintf(" line %d", e.Line)
	}
	if e.Field != "" {
		where += fmt.Sprintf(", field %s", e.Field)
	}
	return where + ": " + e.Err.Error()
}

func (e *FormatError) Unwrap() error { return e.Err }

// errUnknownField marks a field that this program does not know.
var errUnknownField = errors.New("unknown field: the plan was edited, or made by a newer dcos-patch")

// Marshal writes the plan for a file: indented JSON with a final newline. The
// seal is written as it is, so that a plan changed in memory does not verify.
func Marshal(p *Plan) ([]byte, error) {
	b, err := json.MarshalIndent(p, "", " ")
	if err != nil {
		return nil, fmt.Errorf("writing plan %s: %w", p.ID, err)
	}
	return append(b, '\n'), nil
}

// Unmarshal reads what Marshal wrote, strictly, and verifies it. Errors are
// *FormatError, which names line and field, or *SealError.
func Unmarshal(b []byte) (*Plan, error) {
	if err := checkFormat(b); err != nil {
		return nil, err
	}
	var p Plan
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		// The decoder does not say where the unknown field is; a second,
		// slower look does.
		if field, offset, found := unknownField[Plan](b); found {
			return nil, &FormatError{What: "plan", Line: line(b, offset), Field: field, Err: errUnknownField}
		}
		return nil, located("plan", b, err)
	}
	if err := Verify(&p); err != nil {
		return nil, err
	}
	return &p, nil
}

// checkFormat reads the format alone: the rest of another format may be
// anything.
func checkFormat(b []byte) error {
	var head struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return located("plan", b, err)
	}
	if head.Format == 0 {
		return &FormatError{What: "plan", Err: errors.New("this is no plan: it has no format; plan --out writes one")}
	}
	if head.Format != FormatVersion {
		return &FormatError{What: "plan", Field: "format", Err: fmt.Errorf("this program reads format %d, the plan is of format %d: use the dcos-patch that made it, or make it again", FormatVersion, head.Format)}
	}
	return nil
}

// UnmarshalFacts reads facts that were saved as JSON. Errors are *FormatError.
func UnmarshalFacts(b []byte) (Facts, error) {
	var f Facts
	if err := json.Unmarshal(b, &f); err != nil {
		return Facts{}, located("facts", b, err)
	}
	return f, nil
}

// located finds the line that a JSON error speaks of.
func located(what string, b []byte, err error) error {
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return &FormatError{What: what, Line: line(b, syntax.Offset), Err: err}
	case errors.As(err, &typed):
		return &FormatError{What: what, Line: line(b, typed.Offset), Field: typed.Field,
			Err: fmt.Errorf("wanted %s, found %s", inJSON(typed.Type), typed.Value)}
	}
	return &FormatError{What: what, Err: err}
}

// inJSON says what a type is in a file.
func inJSON(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return inJSON(t.Elem())
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	}
	return "a number"
}

func line(b []byte, offset int64) int {
	offset = min(max(offset, 0), int64(len(b)))
	return 1 + bytes.Count(b[:offset], []byte("\n"))
}
