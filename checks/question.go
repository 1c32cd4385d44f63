package checks

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/shorten"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// question is what a finding answers: which check, of which node, and what
// answer it wants.
type question struct {
	check string
	node  inventory.NodeName // empty for a question about the cluster
	want  string
}

func (q question) say(s dcos.Status, format string, args ...any) dcos.Finding {
	return dcos.Finding{
		Check: q.check, Node: string(q.node), Status: s,
		Observed: fmt.Sprintf(format, args...), Want: q.want,
	}
}

func (q question) passed(format string, args ...any) dcos.Finding {
	return q.say(dcos.Passed, format, args...)
}

func (q question) failed(format string, args ...any) dcos.Finding {
	return q.say(dcos.Failed, format, args...)
}

// unknown is the answer of a node that did not give one that can be used.
func (q question) unknown(format string, args ...any) dcos.Finding {
	return q.say(dcos.Unknown, format, args...)
}

// maxWords keeps a finding on one line of a terminal or two.
const maxWords = 300

// words is an error's text as one short line.
//
// What a person needs is the innermost thing that a node said; the way there,
// URL and tunnel and all, is noise that repeats with every gate.
func words(err error) string {
	var tunnel *sshexec.TunnelError
	var exit *sshexec.ExitError
	var lost *sshexec.LostError
	switch {
	case errors.Is(err, context.Canceled):
		return cutShort
	case errors.As(err, &tunnel):
		return brief(tunnel.Error())
	case errors.As(err, &exit) && exit.LastWords() != "":
		return brief(fmt.Sprintf("%s: exit code %d: %s", exit.Node, exit.Code, exit.LastWords()))
	case errors.As(err, &lost):
		return brief(fmt.Sprintf("lost the connection to %s: %v", lost.Node, lost.Err))
	case errors.Is(err, context.DeadlineExceeded):
		return brief(strings.ReplaceAll(err.Error(), context.DeadlineExceeded.Error(), tooLate))
	default:
		return brief(err.Error())
	}
}

// What is said of a question that was ended from here.
const (
	cutShort = "our own look was cut short"
	tooLate  = "no answer in time"
)

// withoutCut puts one finding in the place of those that only say that a look which was
// ended from here had no answer by then: they tell nothing of the cluster.
func withoutCut(findings []dcos.Finding, after time.Duration) []dcos.Finding {
	var all []dcos.Finding
	var cut []string
	for _, f := range findings {
		if f.Status == dcos.Unknown && (strings.Contains(f.Observed, cutShort) || strings.Contains(f.Observed, tooLate)) {
			cut = append(cut, f.Check)
			continue
		}
		all = append(all, f)
	}
	if len(cut) == 0 {
		return findings
	}
	q := question{"look", "", "every master's answers"}
	return append(all, q.unknown("cut short after %s; not answered by then: %s", after.Round(100*time.Millisecond), strings.Join(cut, ", ")))
}

// by is what a node said, or what was said of it, with its name before it, once.
func by(node inventory.NodeName, what string) string {
	name := string(node) + ": "
	if strings.HasPrefix(what, name) || strings.HasPrefix(what, string(node)+" ") { // "m1 cannot connect"
		return what
	}
	return name + what
}

// brief is text as one short line.
func brief(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > maxWords {
		return string(r[:maxWords]) + "…"
	}
	return s
}

// some lists names, at most five of them.
func some(names []string) string { return shorten.List(names, 5, " ") }
