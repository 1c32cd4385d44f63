package sshexec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// Secret is a text that is shown nowhere: however it is printed, also as a
// part of something else, it is •••. The zero value holds nothing.
type Secret struct {
	text func() string // a function, since nothing that prints or compares looks into one
}

// NewSecret hides a text.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{func() string { return text }}
}

// Held says whether there is anything.
func (s Secret) Held() bool { return s.text != nil }

// reveal is the text, for the one place that sends it.
func (s Secret) reveal() string {
	if s.text == nil {
		return ""
	}
	return s.text()
}

func (s Secret) String() string {
	if !s.Held() {
		return ""
	}
	return hidden
}

// Format writes the same for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// MarshalJSON writes the same into JSON.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// hide puts ••• in the place of secrets wherever they stand in a text: as they
// are, or as a string of JSON has them, which may itself be in a string of JSON.
func hide(text []byte, secrets ...Secret) []byte {
	var forms []string
	for _, s := range secrets {
		if s.Held() {
			forms = append(forms, written(s.reveal())...)
		}
	}
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) }) // the longest first: it may hold another
	for _, form := range forms {
		text = bytes.ReplaceAll(text, []byte(form), []byte(hidden))
	}
	return text
}

// written are the ways in which a text may stand in a file.
func written(text string) []string {
	forms := []string{text}
	for from := range 1 + 2 {
		forms = append(forms, escaped(forms[from], true), escaped(forms[from], false))
	}
	return forms
}

// escaped is what stands between the quotes of a string of JSON.
func escaped(text string, html bool) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(html)
	_ = e.Encode(text) // a string can be encoded
	return b.String()[1 : b.Len()-2]
}
