package sshexec

import "strings"

const (
	hidden    = "•••"
	shownLine = 160 // runes of a command line that an error shows
)

// Redact is argv as an error may show it: quoted, shortened, and without what
// looks like a secret: the value of an option or variable with a secret's name, the
// word after such an option, an authorization header, a user or a secret parameter in a URL. It
// is a net below the rule that no secret is ever put into argv; what is sent is not changed.
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

// redactWord hides what follows a secret's name, wherever in the word that
// stands: "--token=x", "http://h/p?token=x", "env A=b TOKEN=x sh". What comes
// after it is hidden too, since nobody can say where a secret ends.
func redactWord(word string) string {
	start := 0
	for i := range len(word) {
		switch c := word[i]; {
		case c != '=' && c != ':':
			continue
		case c == ':' && strings.HasPrefix(word[i:], "://"): // the scheme of a URL
		case secretName(word[start:i]):
			return hideUser(word[:i+1]) + hidden
		}
		start = i + 1
	}
	return hideUser(word)
}

// hideUser hides the user and password of the URLs in a word. Where an @ comes
// after them is not asked: a password may hold anything.
func hideUser(word string) string {
	before, rest, isURL := strings.Cut(word, "://")
	if !isURL {
		return word
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		rest = hidden + rest[at:]
	}
	return before + "://" + rest
}

// hideUsers hides them in a text.
func hideUsers(text string) string {
	if !strings.Contains(text, "://") {
		return text
	}
	words := strings.Split(text, " ")
	for i := range words {
		words[i] = hideUser(words[i])
	}
	return strings.Join(words, " ")
}

func secretName(name string) bool {
	name = strings.ToLower(name)
	for _, secret := range []string{"password", "passwd", "passphrase", "token", "secret", "authorization", "credential", "signature", "cookie", "apikey", "api_key", "api-key"} {
		if strings.Contains(name, secret) {
			return true
		}
	}
	return false
}
