package inventory

import (
	"fmt"
	"slices"
	"strings"
)

// didYouMean is a hint that names the nearest of the words allowed, or all of
// them when they are few, or nothing.
func didYouMean(word string, allowed []string) string {
	if near := nearest(word, allowed); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(allowed) == 0 || len(allowed) > 16 {
		return ""
	}
	return "allowed here: " + strings.Join(allowed, ", ")
}

// nearest finds the word that a typing mistake could have made into another:
// a third of its letters may be wrong. Ties go to the first in the alphabet.
func nearest(word string, allowed []string) string {
	word = strings.ReplaceAll(strings.ToLower(word), "-", "_")
	best, closest := "", len(word)/3+1
	for _, candidate := range slices.Sorted(slices.Values(allowed)) {
		folded := strings.ReplaceAll(strings.ToLower(candidate), "-", "_")
		if gap := len(folded) - len(word); gap >= closest || -gap >= closest {
			continue
		}
		if d := distance(word, folded); d < closest {
			best, closest = candidate, d
		}
	}
	return best
}

// distance counts insertions, deletions, substitutions and swaps of
// neighbours that make a into b.
func distance(a, b string) int {
	var before []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			change := row[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			next[j] = min(change, row[j]+1, next[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
