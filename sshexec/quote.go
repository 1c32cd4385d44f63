package sshexec

import "strings"

// Quote writes argv as one command line of a POSIX shell, which reads exactly
// argv back. Plain words stay as they are, so that process lists and logs
// can be read.
func Quote(argv []string) string {
	var b strings.Builder
	for i, word := range argv {
		if i > 0 {
			b.WriteByte(' ')
		}
		// An assignment before the command would not be a word of argv.
		if plain(word) && !(i == 0 && strings.Contains(word, "=")) {
			b.WriteString(word)
			continue
		}
		b.WriteString("'" + strings.ReplaceAll(word, "'", `'\''`) + "'")
	}
	return b.String()
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
