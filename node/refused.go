package node

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

// The words of a refusal.
const (
	RefusedEpoch   = "epoch"   // a newer controller has been here, or the epoch is another run's
	RefusedLock    = "lock"    // another run holds the cluster lock; Text is "EPOCH RUN OWNER", or that no run does
	RefusedReceipt = "receipt" // this attempt exists, or an earlier one may have changed the node
	RefusedBusy    = "busy"    // another verb or a patch unit is at work on the node
	RefusedMidswap = "midswap" // install_progress exists: pkgpanda was cut in the middle
	RefusedSwap    = "swap"    // what a cut swap has left is not the whole set of the target
	RefusedVersion = "version" // the node is not at the version that the script starts from
	RefusedLate    = "late"    // a launch that arrived after its deadline
)

var refusalWords = []string{RefusedEpoch, RefusedLock, RefusedReceipt, RefusedBusy, RefusedMidswap, RefusedSwap, RefusedVersion, RefusedLate}

// RefusedError is the program saying no before it changed anything.
type RefusedError struct {
	Node string
	Word string // one of the Refused constants
	Text string // the evidence, in the program's words
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s: refused by the node program: %s: %s", e.Node, e.Word, e.Text)
}

// exitRefused is the exit code of every refusal.
const exitRefused = 70

// Refusal turns the exit code of a refusal into a *RefusedError and leaves
// every other error as it is: a code 70 without the words is not ours.
func Refusal(err error) error {
	var exit *sshexec.ExitError
	if !errors.As(err, &exit) || exit.Code != exitRefused {
		return err
	}
	word, text, ok := parseRefusal(exit.Stderr)
	if !ok {
		return err
	}
	return &RefusedError{Node: exit.Node, Word: word, Text: text}
}

// parseRefusal finds the line "refused: WORD: text"; sudo and login banners
// may have written others around it.
func parseRefusal(stderr []byte) (word, text string, ok bool) {
	for line := range bytes.Lines(stderr) {
		rest, found := strings.CutPrefix(strings.TrimRight(string(line), "\r\n"), "refused: ")
		if !found {
			continue
		}
		word, text, _ = strings.Cut(rest, ": ")
		if slices.Contains(refusalWords, word) {
			return word, text, true
		}
	}
	return "", "", false
}
