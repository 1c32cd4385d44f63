package sshexec

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kevinburke/ssh_config"
)

// question is by which names a node is looked up.
type question struct{ name, host string }

// asked is the name of q that a block matches, if one does.
func (q question) asked(block *ssh_config.Host) (string, bool) {
	for _, name := range []string{q.name, q.host} {
		if name != "" && block.Matches(name) {
			return name, true
		}
	}
	return "", false
}

// all are the values of a keyword, in the order of the file.
func (s *SSHConfig) all(q question, key string) []string {
	var values []string
	for _, block := range s.parsed.Hosts {
		name, matches := q.asked(block)
		if !matches {
			continue
		}
		for _, line := range block.Nodes {
			switch line := line.(type) {
			case *ssh_config.KV:
				if strings.EqualFold(line.Key, key) {
					values = append(values, strings.Trim(line.Value, `"`))
				}
			case *ssh_config.Include:
				values = append(values, includedValues(line, q, name, key)...)
			}
		}
	}
	return values
}

// includedValues are those of an included file, under either name.
func includedValues(file *ssh_config.Include, q question, name, key string) []string {
	var values []string
	for _, by := range slices.Compact([]string{name, q.name, q.host}) {
		found, err := file.GetAll(by, key) // its errors are those of Match, found when it was read
		if by == "" || err != nil {
			continue
		}
		for _, v := range found {
			if v = strings.Trim(v, `"`); !slices.Contains(values, v) {
				values = append(values, v)
			}
		}
	}
	return values
}

// first is the value that counts where one does: the first one.
func (s *SSHConfig) first(q question, key string) string {
	for _, v := range s.all(q, key) {
		if v != "" {
			return v
		}
	}
	return ""
}

// expand replaces the tokens of ssh_config(5) that we know, and a leading ~/.
func (s *SSHConfig) expand(word string, t Target) (string, error) {
	var b strings.Builder
	for i := 0; i < len(word); i++ {
		if word[i] != '%' {
			b.WriteByte(word[i])
			continue
		}
		i++
		switch rest := word[i:]; {
		case strings.HasPrefix(rest, "%"):
			b.WriteByte('%')
		case strings.HasPrefix(rest, "h"), strings.HasPrefix(rest, "n"):
			b.WriteString(t.Name)
		case strings.HasPrefix(rest, "r"):
			b.WriteString(t.User)
		case strings.HasPrefix(rest, "d"):
			b.WriteString(expandHome("~"))
		default:
			return "", fmt.Errorf("%s: %q for %s has a token that dcos-patch does not know; write it out (known: %%%% %%h %%n %%r %%d)", s.file, word, t.Name)
		}
	}
	return expandHome(b.String()), nil
}

// expandHome replaces a leading ~/ by the home directory, where there is one.
func expandHome(path string) string {
	rest, tilde := strings.CutPrefix(path, "~")
	if home, err := os.UserHomeDir(); tilde && err == nil && (rest == "" || rest[0] == '/') {
		return filepath.Join(home, rest)
	}
	return path
}
