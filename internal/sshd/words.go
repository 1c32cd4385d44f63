package sshd

import (
	"fmt"
	"strings"
)

// Words splits a command line as a POSIX shell does, as far as it consists of
// plain words and single-quoted text, which is all that sshexec.Quote writes.
// Anything that a shell would interpret is an error: a stand-in must not guess.
func Words(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	inWord := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == ' ':
			if inWord {
				words = append(words, word.String())
				word.Reset()
			}
			inWord = false
		case c == '\'':
			end := strings.IndexByte(line[i+1:], '\'')
			if end < 0 {
				return nil, fmt.Errorf("%q: the quote at %d does not end", line, i)
			}
			word.WriteString(line[i+1 : i+1+end])
			i += 1 + end
			inWord = true
		case c == '\\' && i+1 < len(line):
			i++
			word.WriteByte(line[i])
			inWord = true
		case strings.IndexByte("\"\\$`|&;<>(){}[]*?~#!^\t\n", c) >= 0:
			return nil, fmt.Errorf("%q: %q at %d means something to a shell", line, c, i)
		default:
			word.WriteByte(c)
			inWord = true
		}
	}
	if inWord {
		words = append(words, word.String())
	}
	return words, nil
}
