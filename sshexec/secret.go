package sshexec

import (
	"encoding/json"
	"fmt"
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
