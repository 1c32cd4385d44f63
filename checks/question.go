package checks

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
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
	case errors.As(err, &tunnel):
		return brief(tunnel.Error())
	case errors.As(err, &exit) && exit.LastWords() != "":
		return brief(fmt.Sprintf("%s: exit code %d: %s", exit.Node, exit.Code, exit.LastWords()))
	case errors.As(err, &lost):
		return brief(fmt.Sprintf("lost the connection to %s: %v", lost.Node, lost.Err))
	default:
		return brief(err.Error())
	}
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
func some(names []string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, " ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], " "), len(names)-most)
}
