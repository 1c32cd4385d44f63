package advice

import (
	"encoding/json"
	"slices"
	"strings"
)

// Command is a command of this program: the verb and its arguments. A word in
// capitals is for the reader to fill in.
type Command []string

// Part is words, or a command.
type Part struct {
	Words   string
	Command Command // nil: words
}

// Text is what to do next, in the order in which it is read.
type Text []Part

// Say is advice in words.
func Say(words string) Text { return Text(nil).Say(words) }

// Run is advice to give a command.
func Run(words ...string) Text { return Text(nil).Run(words...) }

// Say adds words; they bring their own spaces.
func (t Text) Say(words string) Text {
	if words == "" {
		return t
	}
	return append(slices.Clip(t), Part{Words: words})
}

// Run adds a command.
func (t Text) Run(words ...string) Text {
	return append(slices.Clip(t), Part{Command: words})
}

// And adds more advice.
func (t Text) And(more Text) Text { return append(slices.Clip(t), more...) }

// First is the command that the text begins with; nil: it begins with words.
func (t Text) First() Command {
	if len(t) == 0 {
		return nil
	}
	return t[0].Command
}

// Commands are those of the text, in their order.
func (t Text) Commands() []Command {
	var all []Command
	for _, p := range t {
		if p.Command != nil {
			all = append(all, p.Command)
		}
	}
	return all
}

// Map gives the text with every word of its commands and all its words changed.
func (t Text) Map(change func(string) string) Text {
	var all Text
	for _, p := range t {
		p.Words = change(p.Words)
		p.Command = slices.Clone(p.Command)
		for i := range p.Command {
			p.Command[i] = change(p.Command[i])
		}
		all = append(all, p)
	}
	return all
}

// String is the text for programs and logs: commands go by the program's own
// name and name no inventory.
func (t Text) String() string {
	return t.Written(func(c Command) string {
		words := []string{Name}
		for _, w := range c {
			if w == "" || strings.ContainsFunc(w, special) {
				w = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
			}
			words = append(words, w)
		}
		return strings.Join(words, " ")
	})
}

func special(r rune) bool {
	letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	return !letter && !strings.ContainsRune("_@%+=:,./-", r)
}

// Name is the program's.
const Name = "dcos-patch"

// Written is the text with its commands as the caller writes them.
func (t Text) Written(command func(Command) string) string {
	var b strings.Builder
	for _, p := range t {
		if p.Command != nil {
			b.WriteString(command(p.Command))
		}
		b.WriteString(p.Words)
	}
	return b.String()
}

// MarshalJSON writes the text as one string.
func (t Text) MarshalJSON() ([]byte, error) { return json.Marshal(t.String()) }

// UnmarshalJSON reads it back as words.
func (t *Text) UnmarshalJSON(b []byte) error {
	var words string
	if err := json.Unmarshal(b, &words); err != nil {
		return err
	}
	*t = Say(words)
	return nil
}
