package sshexec

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
)

// saidMost is how much of a peer's own words an error repeats, in runes.
const saidMost = 300

// said is what a peer has said as one short, printable line for an error. A
// peer may lie, and chooses the length of its messages and what is in them.
func said(text string) string {
	if len(text) > 4*saidMost+saidMost {
		text = text[:4*saidMost+saidMost] // before anything is done that takes time or memory
	}
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "?")), " ")
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, text)
	if runes := []rune(text); len(runes) > saidMost {
		return string(runes[:saidMost]) + "…"
	}
	return text
}

// wordsMost is how much of them, in runes.
const wordsMost = 500

// lastLines is how many lines of standard error an error repeats.
const lastLines = 3

// lastWords is the end of what a command has said, as said would print it.
func lastWords(text []byte) string {
	var lines []string
	for len(text) > 0 && len(lines) < lastLines {
		text = bytes.TrimRight(text, "\r\n\t ")
		at := bytes.LastIndexByte(text, '\n')
		if line := said(hideUsers(string(text[at+1:]))); line != "" {
			lines = append(lines, line)
		}
		text = text[:max(at, 0)]
	}
	slices.Reverse(lines)
	words := []rune(strings.Join(lines, "; "))
	if cut := len(words) - wordsMost; cut > 0 {
		return "…" + string(words[cut:])
	}
	return string(words)
}

// saidError is an error whose text holds a peer's words.
type saidError struct{ err error }

func (e *saidError) Error() string { return said(e.err.Error()) }
func (e *saidError) Unwrap() error { return e.err }
