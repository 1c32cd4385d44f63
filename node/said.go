package node

import (
	"regexp"
	"strconv"
)

// plainWord is a name, an address, or "USER@HOST pid 1": nothing that a sentence could
// be taken for.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_@.:+-]+( pid [0-9]+)?$`)

// Said is a word that a node chose, such as the name of a run or an owner, to stand
// in a sentence of ours: in quotes unless it is a plain word.
func Said(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return strconv.Quote(word)
}
