package sshexec

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxIncludes bounds the depth of Include, which may name itself.
const maxIncludes = 16

// sshLine is a line of a configuration, as readconf.c of OpenSSH takes it apart.
type sshLine struct {
	file     string
	line     int
	key      string   // lower case
	name     string   // as it is written
	words    []string // without quotes and comments
	included [][]sshLine
	criteria []criterion // of Match
}

func (l sshLine) at() string { return fmt.Sprintf("%s:%d", l.file, l.line) }

func (l sshLine) value() string { return l.words[0] }

// readSSHLines reads a file and those that it includes.
func readSSHLines(file string, depth int) ([]sshLine, error) {
	text, err := readConfigFile(expandHome(file))
	if err != nil {
		return nil, fmt.Errorf("reading the ssh configuration: %w", err)
	}
	return parseSSHLines(file, string(text), depth)
}

// readConfigFile reads a file that could as well be a pipe that nothing comes
// from.
func readConfigFile(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > keyFileMost {
		return nil, fmt.Errorf("%s is no file of less than 1 MiB", file)
	}
	return os.ReadFile(file)
}

func parseSSHLines(file, text string, depth int) ([]sshLine, error) {
	var lines []sshLine
	for i, raw := range strings.Split(text, "\n") {
		l, err := parseSSHLine(raw)
		l.file, l.line = file, i+1
		if err == nil && l.key == "include" {
			l.included, err = include(file, l.words, depth)
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, i+1, err)
		}
		if l.key != "" {
			lines = append(lines, l)
		}
	}
	return lines, nil
}

// parseSSHLine takes one line apart. An empty one, or a comment, has no key.
func parseSSHLine(raw string) (sshLine, error) {
	raw = strings.TrimRight(raw, " \t\r\n\f")
	key, rest, ok := nextWord(strings.TrimLeft(raw, " \t\r\n"))
	if !ok || key == "" || key[0] == '#' {
		return sshLine{}, nil
	}
	rest = strings.TrimLeft(rest, " \t\r\n")
	l := sshLine{key: strings.ToLower(key), name: key}
	if rest == "" {
		return l, fmt.Errorf("nothing after %s", key)
	}
	var err error
	switch l.key {
	case "match":
		l.criteria, err = parseCriteria(rest)
	case "proxycommand":
		l.words = []string{strings.TrimLeft(rest, " \t\r\n=")}
	case "proxyjump":
		jump, _, _ := strings.Cut(rest, "#")
		l.words = []string{strings.TrimRight(strings.TrimLeft(jump, " \t\r\n="), " \t")}
	default:
		if l.words, err = argvSplit(rest); err == nil && len(l.words) == 0 {
			err = fmt.Errorf("nothing after %s", key)
		}
	}
	return l, err
}

// nextWord is strdelim: it takes a word off, which may be in double quotes, and
// one = after it. False: a quote is not closed.
func nextWord(s string) (word, rest string, ok bool) {
	const white = " \t\r\n"
	at := strings.IndexAny(s, white+"\"=")
	if at < 0 {
		return s, "", true
	}
	if s[at] == '"' {
		end := strings.IndexByte(s[at+1:], '"')
		if end < 0 {
			return "", "", false
		}
		end += at + 1
		return s[:at] + s[at+1:end], strings.TrimLeft(s[end+1:], white), true
	}
	equals := s[at] == '='
	rest = strings.TrimLeft(s[at+1:], white)
	if !equals && strings.HasPrefix(rest, "=") {
		rest = strings.TrimLeft(rest[1:], white)
	}
	return s[:at], rest, true
}

// argvSplit splits into words, with quotes and escapes, up to a comment.
func argvSplit(s string) ([]string, error) {
	var words []string
	for i := 0; i < len(s); i++ {
		if s[i] == ' ' || s[i] == '\t' {
			continue
		}
		if s[i] == '#' {
			break
		}
		word, length, err := argvWord(s[i:])
		if err != nil {
			return nil, err
		}
		words = append(words, word)
		i += length
	}
	return words, nil
}

func argvWord(s string) (word string, length int, err error) {
	var b strings.Builder
	quote := byte(0)
	i := 0
	for ; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && i+1 < len(s) && (strings.IndexByte(`'"\`, s[i+1]) >= 0 || quote == 0 && s[i+1] == ' '):
			i++
			b.WriteByte(s[i])
		case quote == 0 && (c == ' ' || c == '\t'):
			return b.String(), i, nil
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote != 0 && c == quote:
			quote = 0
		default:
			b.WriteByte(c)
		}
	}
	if quote != 0 {
		return "", 0, errors.New("a quote is not closed")
	}
	return b.String(), i, nil
}

// include reads the files that an Include names; those that are not there are
// left out.
func include(from string, patterns []string, depth int) ([][]sshLine, error) {
	if depth >= maxIncludes {
		return nil, fmt.Errorf("more than %d files deep by Include: does a file include itself?", maxIncludes)
	}
	base := expandHome("~/.ssh")
	if strings.HasPrefix(from, "/etc/ssh/") {
		base = "/etc/ssh"
	}
	var all [][]sshLine
	for _, pattern := range patterns {
		pattern = expandHome(pattern)
		if !filepath.IsAbs(pattern) {
			pattern = filepath.Join(base, pattern)
		}
		files, err := filepath.Glob(pattern)
		if err != nil {
			return nil, fmt.Errorf("including %s: %w", pattern, err)
		}
		for _, file := range files {
			lines, err := readSSHLines(file, depth+1)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, err
			}
			all = append(all, lines)
		}
	}
	return all, nil
}
