package sshexec

import "strings"

// Quote writes argv as one command line that a login shell reads back as
// exactly argv, be it a POSIX shell, zsh, csh or fish. Plain words stay as they
// are, so that process lists and logs can be read.
//
// There is one word that cannot be written for all of them: one with a line
// break, which a csh refuses ("Unmatched '") before it runs anything.
func Quote(argv []string) string {
	var b strings.Builder
	for i, word := range argv {
		if i > 0 {
			b.WriteByte(' ')
		}
		switch {
		case !plain(word), strings.HasPrefix(word, "="): // zsh takes =ls for /bin/ls
			quoteWord(&b, word)
		case i == 0 && strings.ContainsAny(word, "=%@"): // an assignment, a job, csh's arithmetic
			quoteWord(&b, word)
		default:
			b.WriteString(word)
		}
	}
	return b.String()
}

// quoteWord quotes a word: all within single quotes, but for what means
// something there, which goes outside behind a backslash: the quote itself,
// the backslash (fish), the exclamation mark (csh).
func quoteWord(b *strings.Builder, word string) {
	b.WriteByte('\'')
	for i := range len(word) {
		switch c := word[i]; c {
		case '\'', '\\', '!':
			b.WriteString(`'\`)
			b.WriteByte(c)
			b.WriteByte('\'')
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('\'')
}

func plain(word string) bool {
	for i := range len(word) {
		c := word[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && !strings.ContainsRune("_@%+=:,./-", rune(c)) {
			return false
		}
	}
	return word != ""
}
