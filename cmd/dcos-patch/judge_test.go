package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/node"
)

// judgeStop tells of a stop, and holds what it says of leaving against the
// cluster's own state, of which the product knows nothing.
func (l *lab) judgeStop(s *story, e ended) {
	_, said, found := strings.Cut(e.out, "SAFE TO LEAVE: ")
	said, _, _ = strings.Cut(said, "\n")
	safe, why, _ := strings.Cut(said, ". ")
	safe, _, _ = strings.Cut(safe, ", until")
	risks := l.c.AtRisk()
	switch {
	case !found && mustTell(e.code):
		s.breaks("nothing is said of leaving, and: %v\n%s", risks, e)
	case safe == "yes" && len(risks) > 0:
		s.lies++
		s.breaks("SAFE TO LEAVE is said falsely: %v (said: %s)", risks, why)
	case safe == "yes" && len(l.c.Away()) > 0 && !strings.Contains(why, "not verified") && !strings.Contains(why, "out of service"):
		s.lies++
		s.breaks("SAFE TO LEAVE is said without a word about %v, which Mesos misses (said: %s)", l.c.Away(), why)
	}
	s.steps = append(s.steps, l.words(e, found, safe, len(risks) > 0))
}

// mustTell reports whether a command that ended so must say whether it is safe
// to leave.
func mustTell(code int) bool {
	return code == exitStopped || code == exitInDoubt || code == exitInterrupted
}

// words are how a command ended, in short.
func (l *lab) words(e ended, told bool, safe string, atRisk bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "exit %d", e.code)
	if stop := l.lastStop(); told && stop != "" {
		fmt.Fprintf(&b, " at %s", stop)
	}
	switch {
	case told && safe == "no" && !atRisk:
		b.WriteString(" (leave: no, out of caution)")
	case told:
		fmt.Fprintf(&b, " (leave: %s)", safe)
	}
	return b.String()
}

// lastStop is the step that stopped the newest run.
func (l *lab) lastStop() string {
	if s := l.state(); s.Stop != nil {
		return string(s.Stop.Step)
	}
	return ""
}

// judgeEnd looks at what a run that says that it is done has left.
func judgeEnd(l *lab, s *story) {
	if left := l.c.Unpatched(); len(left) > 0 {
		s.breaks("done is said, and %v are not patched", left)
	}
	if risks := l.c.AtRisk(); len(risks) > 0 {
		s.breaks("done is said, and %v", risks)
	}
	if away := l.c.Away(); len(away) > 0 {
		s.breaks("done is said, and Mesos misses %v", away)
	}
	for _, m := range l.c.Names(dcos.Master) {
		if slices.Contains(l.c.Files(m, node.Dir), node.Dir+"/lock") {
			s.breaks("done is said, and %s is still locked", m)
		}
	}
	for _, v := range l.c.Violations() {
		s.breaks("%s", v)
	}
}

// commands are those that were printed as next, word by word.
func commands(e ended) [][]string {
	var out [][]string
	for line := range strings.Lines(e.out + e.err) {
		if _, said, ok := strings.Cut(line, "  next  "); ok {
			if c := command(said); c != nil {
				out = append(out, c)
			}
		}
	}
	return out
}

// command reads the first command out of a sentence: its verb, and the flags
// and names that belong to it. Where the sentence begins with waiting, there
// is nothing to give but the same command again.
func command(said string) []string {
	_, text, ok := strings.Cut(said, "dcos-patch ")
	if !ok || strings.HasPrefix(strings.TrimSpace(said), "wait") {
		return nil
	}
	var args []string
	for w := range strings.FieldsSeq(text) {
		word := strings.TrimRight(w, ":,;.")
		belongs := len(args) == 0 || len(args) == 2 && args[0] == "-i" || strings.HasPrefix(word, "--") || slices.Contains([]string{"-i", "check", "lock", "park", "--run", "--reason", "--accept-lost"}, args[len(args)-1])
		if !belongs {
			break
		}
		if args = append(args, word); word != w {
			break
		}
	}
	return args
}
