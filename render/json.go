package render

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/dcos-patch/dcos-patch/journal"
)

// JSONVersion is the version of the JSON that programs read. It grows when a
// reader of the previous version could misunderstand the new one; fields are
// added without.
const JSONVersion = 1

// Head begins every line that is not an event.
type Head struct {
	Version int    `json:"version"`
	Kind    string `json:"kind"`
}

// Headed is the head of a line of some kind.
func Headed(kind string) Head { return Head{JSONVersion, kind} }

// JSON writes one event per line for programs. It is not safe for concurrent
// use.
type JSON struct {
	W io.Writer
}

// line is an event in a line of its own. The plan, which may be megabytes, is
// named by its id: plan.json of the run holds it.
type line struct {
	Version int `json:"version"`
	journal.Event
	Plan *struct {
		ID string `json:"id"`
	} `json:"plan,omitempty"`
}

// Event writes one event.
func (j JSON) Event(e journal.Event) error {
	l := line{Version: JSONVersion, Event: e}
	if e.Plan != nil {
		l.Plan = &struct {
			ID string `json:"id"`
		}{e.Plan.ID}
	}
	return encodeJSON(j.W, l, "")
}

// Value writes any value in a line of its own.
func Value(w io.Writer, v any) error { return encodeJSON(w, v, "") }

// encodeJSON writes a value in a form that a terminal survives, too.
func encodeJSON(w io.Writer, v any, indent string) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(journal.Escape(b.Bytes()))
	return err
}
