package pack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fanout"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// How long a node is asked: somebody is waiting, and the node is in trouble.
const (
	Timeout         = 20 * time.Second // for all of it, connecting too
	questionTimeout = 12 * time.Second // for one question
)

// What of a node's answers is kept, in bytes. The program itself sends no more
// than that; a node may lie.
const (
	answerMost = 256 << 10
	tailMost   = 64 << 10 // of logs and output
	redMost    = 6        // red units whose logs are kept
)

// Node is a node that is asked.
type Node struct {
	Connect func(context.Context) (node.Host, error)
	Script  string   // SHA-256 of the node patch script
	Units   []string // whose logs are wanted, red or not
}

// question is one call of a reading verb of the node program.
type question struct {
	name string // of the file
	most int    // bytes that are kept, of its end
	call []string
}

func logOf(name, unit string) question {
	return question{name: "node/log-" + name + ".txt", most: tailMost, call: []string{"log", unit}}
}

// Ask gives what the node says of itself. What it does not answer in time is
// an entry that says so.
func Ask(ctx context.Context, n Node) []Entry {
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	h, err := n.Connect(ctx)
	if err != nil {
		return []Entry{{Name: "node/", Lack: fmt.Sprintf("the node was not reached within %s: %v", Timeout, err)}}
	}
	const receipts, units = 0, 1
	first := []question{
		receipts: {"node/receipts.txt", answerMost, []string{"receipt", n.Script}},
		units:    {"node/units.txt", answerMost, []string{"units", "--dcos"}},
		2:        {"node/survey.txt", answerMost, []string{"survey"}},
		3:        {"node/resources.txt", tailMost, []string{"resources"}},
	}
	for _, u := range n.Units {
		first = append(first, logOf(u, u))
	}
	said := all(ctx, h, first)
	further := append(n.script(said[receipts].Body), red(said[units].Body, n.Units)...)
	return append(said, all(ctx, h, further)...)
}

// script are the questions about the last attempt of the script, by its number:
// that is all that is taken from what the node says.
func (n Node) script(receipts []byte) []question {
	rs, err := node.ParseReceipts(n.Script, receipts)
	if err != nil || len(rs) == 0 {
		return nil
	}
	attempt := strconv.Itoa(rs[len(rs)-1].Attempt)
	unit := "dcos-patch-" + n.Script[:12] + "-" + attempt + ".service"
	return []question{
		{"node/output.txt", tailMost, []string{"output", n.Script, attempt, "end"}},
		{"node/patch-unit.txt", tailMost, []string{"units", unit}},
		logOf("patch", unit),
	}
}

// red are questions for the logs of units that systemd cannot keep running.
func red(units []byte, asked []string) []question {
	us, err := dcos.ParseUnits(units)
	if err != nil {
		return nil
	}
	var more []question
	for _, u := range us {
		down := u.Active == "failed" || u.Active == "activating"
		if down && unitName().MatchString(u.Name) && !slices.Contains(asked, u.Name) && len(more) < redMost {
			more = append(more, logOf("red-"+strconv.Itoa(len(more)+1), u.Name))
		}
	}
	return more
}

// unitName is the shape of names that are asked for again: a node has said them.
func unitName() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9@:_.-]{0,99}$`) }

// all asks several questions at once, and gives the answers in their order.
func all(ctx context.Context, h node.Host, questions []question) []Entry {
	said := make([]Entry, len(questions))
	fanout.Each(len(questions), questions, func(i int, q question) { said[i] = q.ask(ctx, h) })
	return said
}

func (q question) ask(ctx context.Context, h node.Host) Entry {
	ctx, cancel := context.WithTimeout(ctx, questionTimeout)
	defer cancel()
	e := Entry{Name: q.name}
	body, err := node.Read(ctx, h, q.call[0], q.call[1:]...)
	var exit *sshexec.ExitError
	if errors.As(err, &exit) {
		body = exit.Stderr
	}
	if err != nil {
		e.Lack = err.Error()
	}
	if e.Body = end(body, q.most); q.call[0] == "log" && len(e.Body) > 0 {
		e.Body = append([]byte("# journal of "+q.call[1]+"\n"), e.Body...)
	}
	return e
}

// end is the last bytes of a text, whole lines. The first line of one that was
// cut may have lost its beginning, and with it the beginning of a secret.
func end(text []byte, most int) []byte {
	if len(text) < most {
		return text
	}
	_, whole, _ := bytes.Cut(text[len(text)-most:], []byte("\n"))
	return whole
}
