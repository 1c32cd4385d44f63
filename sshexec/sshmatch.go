package sshexec

import (
	"errors"
	"fmt"
	"strings"
)

// criterion is one condition of a Match.
type criterion struct {
	attr    string // lower case
	arg     string
	negated bool
}

func parseCriteria(s string) ([]criterion, error) {
	var all []criterion
	for {
		attr, rest, ok := nextWord(s)
		if !ok {
			return nil, errors.New("a quote is not closed after Match")
		}
		if attr == "" || attr[0] == '#' {
			break
		}
		c := criterion{attr: strings.ToLower(strings.TrimPrefix(attr, "!")), negated: attr[0] == '!'}
		s = rest
		switch c.attr {
		case "all", "final", "canonical":
		default:
			if c.arg, s, ok = nextWord(rest); !ok || c.arg == "" || c.arg[0] == '#' {
				return nil, fmt.Errorf("%s of Match has no argument", attr)
			}
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, errors.New("a Match without a condition")
	}
	for i, c := range all {
		if c.attr == "all" && (i > 1 || i < len(all)-1) {
			return nil, errors.New("the condition all of Match goes with no other")
		}
	}
	return all, nil
}

// matchPattern is a pattern with * and ?, as match_pattern of OpenSSH.
func matchPattern(s, pattern string) bool {
	for len(pattern) > 0 {
		if pattern[0] == '*' {
			pattern = strings.TrimLeft(pattern, "*")
			if pattern == "" {
				return true
			}
			for i := range len(s) {
				if matchPattern(s[i:], pattern) {
					return true
				}
			}
			return false
		}
		if s == "" || pattern[0] != '?' && pattern[0] != s[0] {
			return false
		}
		s, pattern = s[1:], pattern[1:]
	}
	return s == ""
}

// matchList is a list of patterns with commas: one must match, and none that is
// negated.
func matchList(s, list string, lower bool) bool {
	found := false
	for _, pattern := range strings.Split(list, ",") {
		pattern, negated := strings.CutPrefix(pattern, "!")
		if lower {
			pattern = strings.ToLower(pattern)
		}
		if matchPattern(s, pattern) {
			if negated {
				return false
			}
			found = true
		}
	}
	return found
}

// matchHost says whether the patterns of a Host line are of a host that goes by
// several names: one must match, and none that is negated.
func matchHost(names, patterns []string) bool {
	found := false
	for _, pattern := range patterns {
		pattern, negated := strings.CutPrefix(pattern, "!")
		for _, name := range names {
			if name != "" && matchPattern(name, pattern) {
				if negated {
					return false
				}
				found = true
			}
		}
	}
	return found
}
