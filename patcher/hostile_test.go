package patcher_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"math"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pkg/sftp"
	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/memnet"
	"github.com/dcos-patch/dcos-patch/internal/proof"
	"github.com/dcos-patch/dcos-patch/internal/sshd"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/mesos"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/pack"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// lie is an answer.
type lie struct {
	begin, again string        // its beginning, and what follows without end
	errs         bool          // standard error is as endless
	header       string        // over HTTP, after the status line
	about        string        // the call that an elected leader lies about
	pause        time.Duration // between two agains
}

// liar is a node that belongs to somebody else: it answers whatever it likes,
// as long as it likes.
type liar struct {
	lie
	most int64 // bytes of each answer; then it ends, with success

	sent atomic.Int64
	lied atomic.Int64 // how often about
	mu   sync.Mutex
	ran  []string
}

// pour writes an answer.
func (l *liar) pour(ctx context.Context, w io.Writer, begin string) {
	block := []byte(strings.Repeat(l.again, max(1, 32<<10/max(1, len(l.again)))))
	if l.pause > 0 {
		block = []byte(l.again)
	}
	n, err := io.WriteString(w, begin)
	for left := l.most - int64(n); err == nil && left > 0 && len(block) > 0 && ctx.Err() == nil; left -= int64(n) {
		l.sent.Add(int64(n))
		if l.pause > 0 {
			select {
			case <-ctx.Done():
			case <-time.After(l.pause):
			}
		}
		n, err = w.Write(block)
	}
}

func (l *liar) Exec(ctx context.Context, line string, stdin io.Reader, stdout, stderr io.Writer) int {
	if word, greeting := strings.CutPrefix(line, "echo "); greeting { // or nothing further would be asked
		fmt.Fprintln(stdout, word)
		return 0
	}
	l.mu.Lock()
	l.ran = append(l.ran, line)
	l.mu.Unlock()
	var both sync.WaitGroup
	if l.errs {
		both.Go(func() { l.pour(ctx, stderr, l.begin) })
	}
	l.pour(ctx, stdout, l.begin)
	both.Wait()
	return 0
}

// leads is the honest answer of an elected leader, who is asked for the lists
// that it then lies about; empty where it lies.
func (l *liar) leads(request string) string {
	switch {
	case l.about == "":
	case strings.Contains(request, "/metrics/snapshot"):
		return `{"master/elected":1,"registrar/registry_size_bytes":1}`
	case l.about != "GET_AGENTS" && strings.Contains(request, "GET_AGENTS"):
		return `{"type":"GET_AGENTS","get_agents":{}}`
	}
	return ""
}

func (l *liar) commands() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.ran...)
}

func (l *liar) Dial(ctx context.Context, addr string) (net.Conn, error) {
	near, far := memnet.Pipe("sshd:1", memnet.Addr(addr))
	go func() {
		defer far.Close()
		request := make([]byte, 4096)
		n, _ := far.Read(request)
		if honest := l.leads(string(request[:n])); honest != "" {
			fmt.Fprintf(far, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(honest), honest)
			return
		}
		if l.about != "" && strings.Contains(string(request[:n]), l.about) {
			l.lied.Add(1)
		}
		l.pour(ctx, far, "HTTP/1.1 200 OK\r\n"+l.header+"\r\n"+l.begin)
	}()
	return near, nil
}

func (l *liar) Files() sftp.Handlers { return sftp.Handlers{} }

// liars is a cluster of one lying master, reached over real SSH.
type liars struct {
	pool *sshexec.Pool
	inv  *inventory.Cluster
	plan *plan.Plan
}

func (l liars) Node(ctx context.Context, name inventory.NodeName) (patcher.Host, error) {
	return l.pool.Get(ctx, string(name))
}

type probed struct{ liars }

func (p probed) Node(ctx context.Context, name inventory.NodeName) (checks.Prober, error) {
	return p.pool.Get(ctx, string(name))
}

func serveLiar(t testing.TB, l *liar) liars {
	t.Helper()
	dir := t.TempDir()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	identity, known := filepath.Join(dir, "id"), filepath.Join(dir, "known_hosts")
	for name, content := range map[string]string{
		identity: string(pem.EncodeToMemory(block)),
		known:    knownhosts.Line([]string{"10.0.0.1"}, signer.PublicKey()) + "\n",
	} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var network memnet.Network
	at, err := network.Listen("10.0.0.1:22")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s := &sshd.Server{HostKey: signer, Authorized: []ssh.PublicKey{signer.PublicKey()}, Handler: l}
		_ = s.ServeListener(ctx, at)
	}()
	cfg := sshexec.Config{Identities: []string{identity}, KnownHosts: []string{known}, NetDial: network.DialContext}
	pool := sshexec.NewPool(cfg, func(string) (sshexec.Target, error) {
		return sshexec.Target{Name: "m1", Addr: "10.0.0.1:22", User: "ops"}, nil
	})
	t.Cleanup(func() { pool.Close(); cancel(); <-ended })
	return liars{
		pool: pool,
		inv:  &inventory.Cluster{Name: "c", Masters: []inventory.Node{{Name: "m1", Address: "10.0.0.1", Role: dcos.Master}}},
		plan: &plan.Plan{Nodes: []plan.Node{{Name: "m1", IP: "10.0.0.1", Role: dcos.Master, Disposition: plan.Patch}}},
	}
}

// questions are everything that is asked of a node.
func questions() map[string]func(context.Context, liars) {
	gates := []string{"exhibitor", "mesos-master", "registrar", "leader", "mesos-version", "cockroach", "agents-back", "check-runner", "units"}
	return map[string]func(context.Context, liars){
		"survey": func(ctx context.Context, l liars) { patcher.Survey(ctx, l, l.inv) },
		"look closer": func(ctx context.Context, l liars) {
			patcher.LookCloser(ctx, l, l.inv, plan.Facts{Nodes: map[inventory.NodeName]plan.NodeFacts{"m1": {}}})
		},
		"observe": func(ctx context.Context, l liars) {
			checks.New(probed{l}, checks.SubjectOf(l.plan)).Observe(ctx, plan.Ask{Kind: plan.StagePreflight, Load: true})
		},
		"baseline": func(ctx context.Context, l liars) {
			_, _ = checks.New(probed{l}, checks.SubjectOf(l.plan)).Baseline(ctx, "m1")
		},
		"await": func(ctx context.Context, l liars) {
			step := plan.Step{ID: "masters/m1/serve", Node: "m1", Action: plan.ActionServe, Timeout: plan.Duration(300 * time.Millisecond)}
			for _, g := range gates {
				step.Gates = append(step.Gates, plan.GateSpec{Gate: g, Need: 3, Every: plan.Duration(100 * time.Millisecond), Within: plan.Duration(time.Minute)})
			}
			_, _ = checks.New(probed{l}, checks.SubjectOf(l.plan)).Await(ctx, plan.Task{Plan: l.plan, Step: step}, nil)
		},
		"pack": func(ctx context.Context, l liars) {
			pack.Ask(ctx, pack.Node{Script: strings.Repeat("a", 64), Units: []string{"x.service"}, Connect: func(ctx context.Context) (node.Host, error) { return l.Node(ctx, "m1") }})
		},
		"framework": func(ctx context.Context, l liars) {
			lead, err := checks.New(probed{l}, checks.SubjectOf(l.plan)).Lead(ctx)
			if err != nil {
				return
			}
			_, _ = patcher.Probes(ctx, lead, func(patcher.ProbeName) bool { return true })
			s, err := lead.Mesos.Subscribe(ctx, mesos.FrameworkInfo{Name: "f", User: "root", Role: "*"})
			for err == nil {
				_, err = s.Next()
			}
			if s != nil {
				s.Close()
			}
		},
		"script": func(ctx context.Context, l liars) {
			if h, err := l.Node(ctx, "m1"); err == nil {
				_, _, _ = patcher.FetchScript(ctx, h, "m1", "http://10.0.0.9/x.sh")
			}
		},
		"deployments": func(ctx context.Context, l liars) {
			_, _ = checks.New(probed{l}, checks.SubjectOf(l.plan)).Deployments(ctx, "m1")
		},
		"lock": func(ctx context.Context, l liars) {
			lock := patcher.Lock{Nodes: l, Masters: []inventory.NodeName{"m1"}, Run: "r", Owner: "o"}
			_, _ = lock.Acquire(ctx)
		},
		"put": func(ctx context.Context, l liars) {
			if h, err := l.Node(ctx, "m1"); err == nil {
				_ = h.Put(ctx, sshexec.PutFile{Content: []byte("x"), Dst: "/x", Mode: 0o700})
			}
		},
	}
}

// subscribed is the first event of a framework's stream.
const subscribed = "65\n" + `{"type":"SUBSCRIBED","subscribed":{"framework_id":{"value":"F"}}}`

const streamed = "Mesos-Stream-Id: x\r\n"

// lies are answers that are easy to send and may be hard to bear.
func lies() map[string]lie {
	return map[string]lie{
		"zeros":                   {again: "\x00"},
		"lines":                   {begin: "program 1\n", again: "active x\n", errs: true},
		"receipts":                {begin: "program 1\n", again: "receipt s 1 lost\n"},
		"units":                   {again: "Id=a\n\n"},
		"tasks that say nothing":  {about: "GET_TASKS", begin: `{"type":"GET_TASKS","get_tasks":{"tasks":[{}`, again: ",{}"},
		"tasks without end":       {about: "GET_TASKS", begin: `{"type":"GET_TASKS","get_tasks":{"tasks":[`, again: `{"task_id":{"value":"a"},"framework_id":{"value":"a"},"agent_id":{"value":"a"},"state":"a"},`},
		"useless tasks":           {about: "GET_TASKS", begin: `{"type":"GET_TASKS","get_tasks":{"other":[`, again: `{"task_id":{"value":"a"},"state":"a"},`},
		"a long name of a task":   {about: "GET_TASKS", begin: `{"type":"GET_TASKS","get_tasks":{"tasks":[{"name":"`, again: "a"},
		"offers that say nothing": {about: "SUBSCRIBE", header: streamed, begin: subscribed + "200000\n" + `{"type":"OFFERS","offers":{"offers":[{"id":{"value":"a"},"agent_id":{"value":"a"},"resources":[{}`, again: ",{}"},
		"offers without end":      {about: "SUBSCRIBE", header: streamed, begin: subscribed + "200000\n" + `{"type":"OFFERS","offers":{"offers":[{}`, again: `,{"id":{"value":"a"},"agent_id":{"value":"a"},"resources":[{"name":"cpus","a":1}]}`},
		"events without end":      {about: "SUBSCRIBE", header: streamed, begin: subscribed, again: "20\n" + `{"type":"HEARTBEAT"}`},
		"a long event":            {about: "SUBSCRIBE", header: streamed, begin: subscribed + "99999999999999999\n", again: "a"},
		"frameworks":              {about: "GET_FRAMEWORKS", begin: `{"type":"GET_FRAMEWORKS","get_frameworks":{"frameworks":[{"framework_info":{"id":{"value":"a"}}}`, again: `,{"framework_info":{"id":{"value":"a"}}}`},
		"agents that say nothing": {about: "GET_AGENTS", begin: `{"type":"GET_AGENTS","get_agents":{"agents":[{}`, again: ",{}"},
		"recovered agents":        {about: "GET_AGENTS", begin: `{"type":"GET_AGENTS","get_agents":{"recovered_agents":[{"id":{"value":"x"}}`, again: `,{"id":{"value":"x"}}`},
		"agents within lists":     {about: "GET_AGENTS", begin: `{"type":"GET_AGENTS","get_agents":`, again: "["},
		"lists within lists":      {again: "["},
		"objects within objects":  {again: `{"a":`},
		"one string":              {begin: `{"type":"`, again: "a"},
		"headers":                 {header: "X: " + strings.Repeat("a", 1<<20) + "\r\n", again: "a: b\r\n"},
		"compressed":              {header: "Content-Encoding: gzip\r\n", begin: "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", again: "\x00\x00"},
	}
}

// affordable is what a lying node may cost the controller, in bytes of heap.
const affordable = 20 << 20

// TestALyingNodeCostsLittleMemory lets a node answer every question with 64 MiB
// of the simplest lie, and with more of every other than any answer may have. BenchmarkALyingNode does the same with 1 GB of each.
func TestALyingNodeCostsLittleMemory(t *testing.T) {
	all := lies()
	for i, name := range slices.Sorted(maps.Keys(all)) {
		if i%proof.Of(5, 1) != 0 {
			continue
		}
		one := all[name]
		t.Run(name, func(t *testing.T) {
			most := int64(4 << 20)
			if name == "zeros" {
				most = 64 << 20
			}
			l := &liar{lie: one, most: most}
			for question, grown := range costs(t, l) {
				if grown > affordable {
					t.Errorf("%s: the heap grew by %d MiB, at most %d are wanted", question, grown>>20, affordable>>20)
				}
			}
			if l.sent.Load() < most {
				t.Errorf("only %d bytes were sent: nothing is shown", l.sent.Load())
			}
			if l.about != "" && l.lied.Load() == 0 {
				t.Errorf("nobody asked for %s: nothing is shown", l.about)
			}
		})
	}
}

func BenchmarkALyingNode(b *testing.B) {
	if testing.Short() {
		b.Skip("sends many GB: make bench does it")
	}
	for name, one := range lies() {
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			for b.Loop() {
				l := &liar{lie: one, most: 1 << 30}
				var worst uint64
				for question, grown := range costs(b, l) {
					worst = max(worst, grown)
					if grown > affordable {
						b.Errorf("%s: the heap grew by %d MiB, at most %d are wanted", question, grown>>20, affordable>>20)
					}
				}
				b.ReportMetric(float64(worst)/(1<<20), "MiB-heap")
				b.ReportMetric(float64(l.sent.Load())/(1<<30), "GiB-sent")
			}
		})
	}
}

// costs asks every question, one after the other, and gives the largest growth
// of the live heap during each, which includes the server's.
func costs(t testing.TB, l *liar) map[string]uint64 {
	t.Helper()
	to := serveLiar(t, l)
	grown := map[string]uint64{}
	for name, ask := range questions() {
		before := liveHeap()
		done := make(chan struct{})
		go func() {
			defer close(done)
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
			defer cancel()
			ask(ctx, to)
		}()
		for over := false; !over; {
			select {
			case <-done:
				over = true
			case <-time.After(20 * time.Millisecond):
			}
			if now := liveHeap(); now > before {
				grown[name] = max(grown[name], now-before)
			}
		}
	}
	return grown
}

// liveHeap is what the collector finds alive: the least of three collections in
// a row, since what is allocated during one counts as alive, which is much when
// bytes pour in.
func liveHeap() uint64 {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	least := uint64(math.MaxUint64)
	for range 3 {
		runtime.GC()
		metrics.Read(live)
		least = min(least, live[0].Value.Uint64())
	}
	return least
}

// A node that answers a byte a second, or not at all, is given up in a time
// that is known, whatever the question.
func TestASlowNodeDoesNotHangTheController(t *testing.T) {
	patience := map[string]time.Duration{
		"survey": 2 * time.Minute, "observe": 5 * time.Minute, "baseline": 2 * time.Minute, "await": 3 * time.Minute,
		"script": time.Minute, "lock": 2 * time.Minute, "framework": 3 * time.Minute,
	}
	for name, one := range map[string]lie{
		"a byte a second":        {again: "x", pause: time.Second},
		"a header a second":      {header: "A: b\r\n", again: "x", pause: time.Second},
		"a list that never ends": {begin: `{"type":"GET_AGENTS","get_agents":{"agents":[`, again: " ", pause: time.Second},
		"nothing":                {again: "x", pause: 24 * time.Hour},
		"an event a byte":        {about: "SUBSCRIBE", header: streamed, begin: subscribed + "50000\n", again: "x", pause: time.Second},
		"no event":               {about: "SUBSCRIBE", header: streamed, begin: subscribed, again: "1", pause: 24 * time.Hour},
	} {
		for question, most := range patience {
			t.Run(name+" to "+question, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					to := serveLiar(t, &liar{lie: one, most: 1 << 40})
					ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
					defer cancel()
					began := time.Now()
					questions()[question](ctx, to)
					if took := time.Since(began); took > most {
						t.Errorf("it took %s, at most %s are wanted", took, most)
					}
				})
			})
		}
	}
}

// A node that says where its private directory is cannot make us write to, or
// remove, anything else.
func TestPutBelievesNoStrangeDirectory(t *testing.T) {
	for _, dir := range []string{
		"/etc", "/", "", ".", "/tmp/dcos-patch.", "/tmp/dcos-patch.abc", "/tmp/dcos-patch.../../x", "/tmp/dcos-patch.abc/../..", "/tmp/dcos-patch.abcdefgh/../../etc",
		"/tmp/dcos-patch.abcdefg/", "/tmp/dcos-patch.abcdefgh\n/etc", "/tmp/dcos-patch.abcdef; reboot", "/tmp/dcos-patch.$(reboo)", "-rf", "/tmp/dcos-patch.\x1b[2Jabcd", "/tmp/other.abcdefgh",
	} {
		t.Run(fmt.Sprintf("%q", dir), func(t *testing.T) {
			l := &liar{lie: lie{begin: dir + "\n"}}
			h, err := serveLiar(t, l).Node(t.Context(), "m1")
			if err != nil {
				t.Fatal(err)
			}
			err = h.Put(t.Context(), sshexec.PutFile{Content: []byte("x"), Dst: "/x", Mode: 0o700})
			if err == nil {
				t.Error("the file is said to be there")
			} else if strings.ContainsAny(err.Error(), "\x1b\n") {
				t.Errorf("%q", err)
			}
			if ran := l.commands(); len(ran) != 1 || !strings.HasPrefix(ran[0], "mktemp ") {
				t.Errorf("%q was run", ran)
			}
		})
	}
}

func (liars) Visit(inventory.NodeName) (leave func()) { return func() {} }
