package sshexec

import "strings"

const (
	hidden    = "•••"
	shownLine = 160 // runes of a command line that an error shows
)

// Redact is argv as an error may show it: quoted, shortened, and without what
// looks like a secret: the value of an option or variable with a secret's name, the
// word after such an option, an authorization header, a password in a URL. It is a net below
// the rule that no secret is ever put into argv; what is sent is not changed.
func Redact(argv []string) string {
	shown := make([]string, len(argv))
	for i, word := range argv {
		switch {
		case i > 0 && strings.HasPrefix(argv[i-1], "-") && secretName(argv[i-1]) && !strings.ContainsAny(argv[i-1], "=:"):
			shown[i] = hidden
		default:
			shown[i] = redactWord(word)
		}
	}
	// Not quoted again: the dots are no shell word, and the line is for reading.
	line := strings.ReplaceAll(Quote(shown), "'"+hidden+"'", hidden)
	if runes := []rune(line); len(runes) > shownLine {
		return string(runes[:shownLine]) + "…"
	}
	return line
}

func redactWord(word string) string {
	if name, _, assigned := cutAny(word, "=:"); assigned && secretName(name) {
		return word[:len(name)+1] + hidden
	}
	before, rest, isURL := strings.Cut(word, "://")
	if !isURL {
		return word
	}
	authority, path := rest, ""
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		authority, path = rest[:i], rest[i:]
	}
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		authority = hidden + authority[at:]
	}
	return before + "://" + authority + path
}

func cutAny(s, seps string) (before, after string, found bool) {
	if i := strings.IndexAny(s, seps); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

func secretName(name string) bool {
	name = strings.ToLower(name)
	for _, secret := range []string{"password", "passwd", "passphrase", "token", "secret", "authorization"} {
		if strings.Contains(name, secret) {
			return true
		}
	}
	return false
}
