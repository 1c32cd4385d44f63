package render

import (
	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// Program is how this program was called: what a person has to repeat in every
// command. Texts that name commands are its methods.
type Program struct {
	Inventory string // empty: the default file
}

// Argv is a command, word by word, as it works in another terminal, too.
func (p Program) Argv(c advice.Command) []string {
	argv := []string{advice.Name}
	if p.Inventory != "" {
		argv = append(argv, "-i", p.Inventory)
	}
	return append(argv, c...)
}

// Run is a command that a person may paste, quoted for a shell. Its words are our
// own values; a node's text is never one of them.
func (p Program) Run(words ...string) string { return sshexec.Quote(p.Argv(words)) }

// Text is advice in one line for a person.
func (p Program) Text(t advice.Text) string {
	return Printable(t.Written(func(c advice.Command) string { return p.Run(c...) }))
}
