package dcos

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

var htmlTitle = regexp.MustCompile(`(?is)<title[^>]*>\s*(.*?)\s*</title>`)

// decode reads one JSON value, and nothing after it, into v. What names the
// answer in the error, which says what the bytes look like instead.
func decode(what string, b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(v); err != nil {
		var kind *json.UnmarshalTypeError
		var taken *takeError
		switch {
		case errors.As(err, &taken):
			return fmt.Errorf("%s: %w", what, taken.err)
		case errors.As(err, &kind) && kind.Field != "":
			return fmt.Errorf("%s: field %s is a JSON %s, want %s", what, kind.Field, kind.Value, kind.Type)
		case errors.As(err, &kind):
			return fmt.Errorf("%s: a JSON %s, want %s", what, kind.Value, shape(kind))
		case errors.Is(err, io.ErrUnexpectedEOF):
			return fmt.Errorf("%s: cut off after %d bytes", what, len(b))
		}
		return fmt.Errorf("%s: not JSON but %s", what, looksLike(b))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: more text after the end of the JSON", what)
	}
	return nil
}

func shape(e *json.UnmarshalTypeError) string {
	switch e.Type.Kind().String() {
	case "slice":
		return "a list"
	case "struct", "map":
		return "an object"
	}
	return "a " + e.Type.String()
}

// looksLike says in a few words what text is, for an answer that is not what
// was asked for.
func looksLike(b []byte) string {
	text := strings.TrimSpace(string(b[:min(len(b), 4096)]))
	lower := strings.ToLower(text)
	switch {
	case text == "":
		return "an empty answer"
	case strings.HasPrefix(lower, "<!doctype html"), strings.Contains(lower, "<html"):
		title := "without a title"
		if m := htmlTitle.FindStringSubmatch(text); m != nil {
			title = strings.Join(strings.Fields(m[1]), " ")
		}
		return "an HTML page: " + clip(title)
	}
	return fmt.Sprintf("text that begins %q", clip(strings.SplitN(text, "\n", 2)[0]))
}

// clip shortens text for an error message.
func clip(s string) string {
	const most = 80
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "..."
	}
	return s
}

func missing(what, field string) error {
	return fmt.Errorf("%s: field %s is missing", what, field)
}
