package simcluster

import (
	"errors"
	"strings"
)

var errQuote = errors.New("unterminated quote")

// words splits a command line as a POSIX shell would that knows blanks,
// single quotes, double quotes and backslashes, and nothing else.
func words(line string) ([]string, error) {
	var (
		out  []string
		word strings.Builder
		open bool // a word has begun
	)
	for i := 0; i < len(line); i++ {
		switch ch := line[i]; ch {
		case ' ', '\t', '\n':
			if open {
				out = append(out, word.String())
				word.Reset()
				open = false
			}
		case '\'', '"':
			open = true
			n, err := quoted(line[i:], &word)
			if err != nil {
				return nil, err
			}
			i += n
		case '\\':
			if i++; i == len(line) {
				return nil, errQuote
			}
			open = true
			word.WriteByte(line[i])
		default:
			open = true
			word.WriteByte(ch)
		}
	}
	if open {
		out = append(out, word.String())
	}
	return out, nil
}

// quoted reads a quoted part that begins at s[0] into word, and returns how
// far the closing quote is.
func quoted(s string, word *strings.Builder) (int, error) {
	q := s[0]
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == q:
			return i, nil
		case q == '"' && s[i] == '\\' && i+1 < len(s) && strings.IndexByte("\"\\$`", s[i+1]) >= 0:
			i++
			word.WriteByte(s[i])
		default:
			word.WriteByte(s[i])
		}
	}
	return 0, errQuote
}
