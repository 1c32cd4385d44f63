package pack

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

const sha = "9ad1000000000000000000000000000000000000000000000000000000000000"

// teller is a node that answers by verb.
type teller struct {
	says func(call []string) (string, error)

	mu    sync.Mutex
	calls []string
}

func (n *teller) Run(ctx context.Context, c sshexec.Cmd) (sshexec.Result, error) {
	call := c.Argv[3:] // behind /bin/sh -s --
	n.mu.Lock()
	n.calls = append(n.calls, strings.Join(call, " "))
	n.mu.Unlock()
	text, err := n.says(call)
	if errors.Is(err, errHangs) {
		<-ctx.Done()
		return sshexec.Result{}, &sshexec.LostError{Node: "n", Cmd: call[0], Err: ctx.Err()}
	}
	cut := len(text) > c.Limit
	return sshexec.Result{Stdout: []byte(text[:min(len(text), c.Limit)]), Truncated: cut}, err
}

var errHangs = errors.New("hangs")

func (n *teller) ask(t *testing.T) map[string]Entry {
	t.Helper()
	found := map[string]Entry{}
	for _, e := range Ask(t.Context(), Node{Script: sha, Units: []string{"dcos-setup.service"}, Connect: func(context.Context) (node.Host, error) { return n, nil }}) {
		if _, twice := found[e.Name]; twice {
			t.Errorf("%s is there twice", e.Name)
		}
		found[e.Name] = e
	}
	return found
}

func block(name, active string) string {
	return fmt.Sprintf("Id=%s\nLoadState=loaded\nActiveState=%s\nSubState=x\nResult=x\nMainPID=0\nActiveEnterTimestampMonotonic=0\nBootID=b\n\n", name, active)
}

func TestTheLastAttemptAndWhatIsRedAreAskedFor(t *testing.T) {
	n := &teller{says: func(call []string) (string, error) {
		switch call[0] {
		case "receipt":
			return "attempt 1\nstate lost\nattempt 3\nstate lost\n", nil
		case "units":
			return block("dcos-setup.service", "failed") + block("dcos-net.service", "activating") + block("dcos-log.socket", "active"), nil
		case "resources":
			return "", &sshexec.ExitError{Code: 1, Stderr: []byte("it went wrong so\n")}
		}
		return "said of " + strings.Join(call, " ") + "\n", nil
	}}
	got := n.ask(t)
	for name, want := range map[string]string{
		"node/output.txt":                 "said of output " + sha + " 3 end\n",
		"node/log-patch.txt":              "# journal of dcos-patch-9ad100000000-3.service\nsaid of log dcos-patch-9ad100000000-3.service\n",
		"node/log-dcos-setup.service.txt": "# journal of dcos-setup.service\nsaid of log dcos-setup.service\n",
		"node/log-red-1.txt":              "# journal of dcos-net.service\nsaid of log dcos-net.service\n",
		"node/survey.txt":                 "said of survey\n",
		"node/resources.txt":              "it went wrong so\n",
	} {
		if string(got[name].Body) != want {
			t.Errorf("%s: %q, want %q", name, got[name].Body, want)
		}
	}
	if got["node/resources.txt"].Lack == "" || len(got) != 9 {
		t.Errorf("%d files, %+v", len(got), got["node/resources.txt"])
	}
}

// A node may lie: about names, at any length, and by silence.
func TestALyingNodeNamesNothingAndFillsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		units := block("-rf.service", "failed") + block("../../etc/passwd", "failed") + block("$(reboot).service", "failed") + block(strings.Repeat("a", 300), "failed")
		for i := range 100 {
			units += block(fmt.Sprintf("dcos-%d.service", i), "failed")
		}
		n := &teller{says: func(call []string) (string, error) {
			switch call[0] {
			case "receipt":
				return "attempt 7\nstate lost\n", nil
			case "units":
				return units, nil
			case "resources":
				return "", errHangs
			case "survey":
				return strings.Repeat("active x\n", 1<<20), nil
			case "output":
				return strings.Repeat("one line without an end", 10_000), nil
			}
			return strings.Repeat("\x1b[2J a line\n", 20_000), nil
		}}
		begun := time.Now()
		got := n.ask(t)
		if took := time.Since(begun); took > Timeout {
			t.Errorf("it took %s", took)
		}
		total, logs := 0, 0
		for name, e := range got {
			total += len(e.Body)
			if strings.HasPrefix(name, "node/log-red-") {
				logs++
			}
			if strings.Contains(name, "passwd") || strings.Contains(name, "reboot") || len(name) > 60 {
				t.Errorf("a file is named %q", name)
			}
		}
		if total > 2<<20 || logs != redMost {
			t.Errorf("%d bytes, %d logs of red units", total, logs)
		}
		for _, c := range n.calls {
			if strings.Contains(c, "passwd") || strings.Contains(c, "reboot") || strings.Contains(c, "-rf") {
				t.Errorf("it was asked for %q", c)
			}
		}
		for _, name := range []string{"node/resources.txt", "node/survey.txt"} {
			if e := got[name]; len(e.Body) > 0 || e.Lack == "" {
				t.Errorf("%s: %d bytes, lacks %q", name, len(e.Body), e.Lack)
			}
		}
		if text := string(got["node/log-dcos-setup.service.txt"].Body); len(text) > tailMost+100 || !strings.HasSuffix(text, "\x1b[2J a line\n") || strings.Contains(text, "service\n\x1b[2J a line\n\n") {
			t.Errorf("%d bytes: %.200q", len(text), text)
		}
		if body := got["node/output.txt"].Body; len(body) > 0 {
			t.Errorf("half a line of %d bytes was kept", len(body))
		}
	})
}

func TestANodeThatAnswersNothingIsGivenUpInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		n := &teller{says: func([]string) (string, error) { return "", errHangs }}
		for name, e := range n.ask(t) {
			if e.Lack == "" || len(e.Body) > 0 {
				t.Errorf("%s: %+v", name, e)
			}
		}
		got := Ask(t.Context(), Node{Connect: func(ctx context.Context) (node.Host, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}})
		if len(got) != 1 || !strings.HasPrefix(got[0].Lack, "the node was not reached within 20s: ") {
			t.Errorf("%+v", got)
		}
		if took := time.Since(begun); took != questionTimeout+Timeout {
			t.Errorf("it took %s", took)
		}
	})
}
