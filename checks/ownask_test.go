package checks

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/daemons"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/memnet"
	"github.com/dcos-patch/dcos-patch/plan"
)

// ranWith runs a command of a gate for real.
func ranWith(t *testing.T, dir string, g plan.CustomGate) ended {
	t.Helper()
	n := agentNode()
	n.Address = "a037.example.com"
	a := &gateContext{c: (&Cluster{}).Locally(Local{Dir: dir, Run: "1121-2200"}), expectation: expectation{node: n}}
	ctx, cancel := context.WithTimeout(t.Context(), g.Timeout.D())
	defer cancel()
	return a.command(ctx, g)
}

func TestACommandRunsInTheFolderOfTheInventoryAndKnowsItsNode(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "check.sh"), []byte("#!/bin/sh\necho first\necho \"$NODE $ADDRESS $IP $ROLE $RUN $1\"\necho\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("NODE", "of somebody else")
	g := plan.CustomGate{Command: "./check.sh deep", Timeout: plan.Duration(time.Minute)}
	if e := ranWith(t, dir, g); e.err != nil || e.code != 0 || e.said != "a037 a037.example.com 10.0.1.37 private 1121-2200 deep" {
		t.Errorf("%+v", e)
	}
	g.Command = "echo output; echo trouble >&2; exit 3"
	if e := ranWith(t, dir, g); e.err != nil || e.code != 3 || e.said != "trouble" {
		t.Errorf("%+v", e)
	}
	g.Command = "kill -SEGV $$"
	if e := ranWith(t, dir, g); e.err == nil {
		t.Errorf("ended by a signal, and %+v", e)
	}
	if e := ranWith(t, filepath.Join(dir, "nowhere"), g); e.err == nil {
		t.Errorf("in no folder, and %+v", e)
	}
}

func TestACommandOfTheClusterIsToldNoNode(t *testing.T) {
	g := plan.CustomGate{Command: "env | grep -c '^NODE=\\|^ADDRESS=\\|^IP=\\|^ROLE='", OfCluster: true, Timeout: plan.Duration(time.Minute)}
	if e := ranWith(t, "", g); e.said != "0" {
		t.Errorf("%+v", e)
	}
}

func TestACommandThatDoesNotEndIsKilledWithAllThatItStarted(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "alive") // whose end is read once nobody holds it any more
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	alone := make(chan error, 1)
	go func() {
		_, err := os.ReadFile(fifo)
		alone <- err
	}()
	e := ranWith(t, dir, plan.CustomGate{Command: "exec 3>alive; sleep 600 & wait", Timeout: plan.Duration(time.Second)})
	if e.err == nil || !strings.Contains(e.err.Error(), "killed") {
		t.Errorf("%+v", e)
	}
	if err := <-alone; err != nil {
		t.Error(err)
	}
}

func TestACommandThatWritesWithoutEndIsKeptShort(t *testing.T) {
	g := plan.CustomGate{Command: "head -c 20000000 /dev/zero | tr '\\0' x; echo; exit 1", Timeout: plan.Duration(time.Minute)}
	if e := ranWith(t, "", g); e.code != 1 || len(e.said) > 4*maxWords {
		t.Errorf("exit %d, %d bytes kept", e.code, len(e.said))
	}
}

// webServer answers by a function, and remembers what it was asked.
type webServer struct {
	net   memnet.Network
	mu    sync.Mutex
	asked []*http.Request
	serve func(http.ResponseWriter, *http.Request)
}

// serving is a server at the address, to the end of the bubble.
func serving(t *testing.T, addr string, serve func(http.ResponseWriter, *http.Request)) *webServer {
	t.Helper()
	s := &webServer{serve: serve}
	l, err := s.net.Listen(addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r)
		serve := s.serve
		s.mu.Unlock()
		serve(w, r)
	}))
	return s
}

// requests are those that came so far.
func (s *webServer) requests() []*http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// answer is what comes from now on.
func (s *webServer) answer(serve func(http.ResponseWriter, *http.Request)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serve = serve
}

func TestAQueryAsksTheServerAboutItsNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web := serving(t, "prom.example.com:9090", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, vector(`{"metric":{},"value":[1,"0"]}`))
		})
		p := fakeSubject()
		p.Nodes[3].Address = "a037.example.com"
		g := plan.CustomGate{Name: "lag", Query: `lag{node="${NODE}",at=~"${IP}:.*$"} + ${RUN}`, Server: "http://prom.example.com:9090/prefix/", Want: dcos.Comparison{Op: "=="}, Timeout: plan.Duration(time.Minute)}
		p.Gates = []plan.CustomGate{g}
		c := New(newFake(), p).Locally(Local{Dial: web.net.DialContext, Run: "r1"})
		task := plan.Task{Step: plan.Step{ID: "postflight/x", Node: "a037", Action: plan.ActionPostflight, Gates: []plan.GateSpec{{Gate: "lag", Need: 1, Within: plan.Duration(time.Minute)}}}}
		fs, err := c.Check(t.Context(), task)
		if err != nil || fs[0].Status != dcos.Passed || fs[0].Check != "lag" || fs[0].Node != "a037" {
			t.Fatalf("%+v, %v", fs, err)
		}
		r := web.requests()[0]
		if got := r.URL.Query().Get("query"); r.URL.Path != "/prefix/api/v1/query" || r.Host != "prom.example.com:9090" || got != `lag{node="a037",at=~"10.0.1.37:.*$"} + r1` {
			t.Errorf("asked %s of %s", r.URL, r.Host)
		}
	})
}

func TestAnAnswerIsTakenFromTheServerThatWasAskedAndWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web := serving(t, "site.example.com:80", nil)
		g := plan.CustomGate{Name: "site", HTTP: "http://site.example.com/", Timeout: plan.Duration(10 * time.Second)}
		a := &gateContext{c: (&Cluster{}).Locally(Local{Dial: web.net.DialContext})}
		for name, c := range map[string]struct {
			serve  func(http.ResponseWriter, *http.Request)
			status dcos.Status
			says   string
		}{
			"200":        {func(w http.ResponseWriter, _ *http.Request) {}, dcos.Passed, "HTTP 200"},
			"a redirect": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) }, dcos.Failed, "302 to /login"},
			"a cache":    {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Age", "7") }, dcos.Failed, "cache"},
			"too much":   {func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, daemons.Limit+1)) }, dcos.Unknown, "longer than 1 MiB"},
			"cut short": {func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "100")
				w.Write(make([]byte, 10))
			}, dcos.Unknown, "EOF"},
			"silence": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, dcos.Unknown, "no answer in time"},
		} {
			web.answer(c.serve)
			begin := time.Now()
			f := a.custom(t.Context(), g).Finding
			if f.Status != c.status || !strings.Contains(f.Observed, c.says) || time.Since(begin) > 11*time.Second {
				t.Errorf("%s: %s %q after %s", name, f.Status, f.Observed, time.Since(begin))
			}
		}
		for _, r := range web.requests() {
			if len(r.Header["Authorization"])+len(r.Header["Cookie"]) > 0 {
				t.Errorf("credentials were sent: %v", r.Header)
			}
		}
	})
}

func TestAGateThroughANodeUsesTheNodesConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		p := fakeSubject()
		p.Gates = []plan.CustomGate{{Name: "self", HTTP: "http://${IP}:5051/version", ViaNode: true, WantText: "1.10.0", Timeout: plan.Duration(10 * time.Second)}}
		c := New(f, p).Locally(Local{Dial: func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("not from here") }})
		task := plan.Task{Step: plan.Step{ID: "postflight/x", Node: "a037", Action: plan.ActionPostflight, Gates: []plan.GateSpec{{Gate: "self", Need: 1, Within: plan.Duration(time.Minute)}}}}
		fs, err := c.Check(t.Context(), task)
		if err != nil || fs[0].Status != dcos.Passed {
			t.Errorf("%+v, %v", fs, err)
		}
	})
}

func TestAnIPv6AddressIsWrittenAsURLsWantIt(t *testing.T) {
	a := &gateContext{c: &Cluster{}, expectation: expectation{node: plan.Node{Name: "a1", Address: "fd00::7", IP: "10.0.0.7"}}}
	if got := a.about(plan.CustomGate{HTTP: "x"}, "http://${ADDRESS}:80/${IP}"); got != "http://[fd00::7]:80/10.0.0.7" {
		t.Error(got)
	}
	if got := a.about(plan.CustomGate{Query: "x"}, "${ADDRESS}"); got != "fd00::7" {
		t.Error(got)
	}
}

func TestTheClusterIsGreenOnlyWithTheOperatorsGatesThatBind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		value := "3"
		web := serving(t, "prom:80", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, vector(`{"metric":{},"value":[1,"`+value+`"]}`))
		})
		p := fakeSubject()
		p.Gates = []plan.CustomGate{
			{Name: "kafka-urp", Group: "stateful", OfCluster: true, Query: "sum(kafka_urp)", Server: "http://prom", Want: dcos.Comparison{Op: "=="}, Timeout: plan.Duration(10 * time.Second)},
			{Name: "of-a-node", Group: "stateful", Query: "up", Server: "http://prom", Want: dcos.Comparison{Op: ">"}, Timeout: plan.Duration(10 * time.Second)},
		}
		c := New(newFake(), p).Locally(Local{Dial: web.net.DialContext})
		look := func(ask plan.Ask) (green bool, status dcos.Status, says string) {
			obs := c.Observe(t.Context(), ask)
			i := slices.IndexFunc(obs.Findings, func(f dcos.Finding) bool { return f.Check == "kafka-urp" })
			if i < 0 {
				return obs.Green, dcos.NotApplicable, ""
			}
			return obs.Green, obs.Findings[i].Status, obs.Findings[i].Observed
		}
		for _, s := range []struct {
			ask    plan.Ask
			value  string
			green  bool
			status dcos.Status
		}{
			{plan.Ask{Kind: plan.StagePreflight}, "3", true, dcos.Warned},
			{plan.Ask{}, "3", true, dcos.Warned},
			{plan.Ask{Kind: plan.StageMasters, Group: "masters"}, "3", true, dcos.NotApplicable},
			{plan.Ask{Kind: plan.StageGroup, Group: "stateful"}, "3", false, dcos.Failed},
			{plan.Ask{Kind: plan.StagePostflight}, "3", false, dcos.Failed},
			{plan.Ask{Kind: plan.StageGroup, Group: "stateful"}, "0", true, dcos.Passed},
		} {
			value = s.value
			if green, status, says := look(s.ask); green != s.green || status != s.status {
				t.Errorf("%+v with %s: green %v, %s %q; want %v, %s", s.ask, s.value, green, status, says, s.green, s.status)
			}
		}
		if asked := web.requests(); len(asked) != 5 {
			t.Errorf("asked %d times: the gate of a node, too?", len(asked))
		}
	})
}

func TestAStepHoldsOnlyOnceAnOperatorsGateHasRecovered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, begin := newFake(), time.Now()
		web := serving(t, "prom:80", func(w http.ResponseWriter, r *http.Request) {
			value := "0"
			if at := time.Since(begin); at > 40*time.Second && at < 2*time.Minute { // red in the middle of its span
				value = "4"
			}
			io.WriteString(w, vector(`{"metric":{},"value":[`+strconv.FormatInt(time.Now().Unix(), 10)+`,"`+value+`"]}`))
		})
		p := fakeSubject()
		p.Gates = []plan.CustomGate{{Name: "urp", OfCluster: true, Query: "urp", Server: "http://prom", Want: dcos.Comparison{Op: "=="}, Timeout: plan.Duration(10 * time.Second)}}
		c := New(f, p).Locally(Local{Dial: web.net.DialContext})
		d := plan.Duration(time.Second)
		task := plan.Task{Step: plan.Step{ID: "postflight/x", Node: "a037", Action: plan.ActionPostflight, Gates: []plan.GateSpec{{Gate: "urp", Need: 3, Span: 60 * d, Every: 15 * d, Within: 300 * d}}}}
		var seen []string
		if _, err := c.Await(t.Context(), task, func(f dcos.Finding) { seen = append(seen, f.Observed) }); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begin); took < 3*time.Minute || took > 4*time.Minute || !slices.Contains(seen, "4") {
			t.Errorf("held after %s, seen %q", took, seen)
		}
		web.answer(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) })
		_, err := c.Await(t.Context(), task, nil)
		var late *GateError
		if !errors.As(err, &late) || late.Late[0].Gate != "urp" || late.Late[0].Finding.Status != dcos.Unknown {
			t.Errorf("without an answer: %v", err)
		}
	})
}
