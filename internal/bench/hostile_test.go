package bench

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/dcos-patch/dcos-patch/journal"
)

// affordable is what a node that sends whatever it likes may cost the
// controller, in MB of resident memory.
const affordable = 20

// wayIn is a way in for what a node sends, and the command that goes there.
type wayIn struct {
	args []string
	lie  lie
}

// waysIn are all of them.
func waysIn() map[string]wayIn {
	check, from := []string{"check", "m1"}, []string{"resume", "--from-cluster"}
	const survey = "program 1\nepoch 1\nlock 1 r1 somebody@elsewhere pid 1\n"
	locked := map[string]string{" survey": survey, " init": "", "mktemp": "/tmp/dcos-patch.abcdefgh\n"}
	leads := map[string]string{"/metrics/snapshot": `{"master/elected":1,"registrar/registry_size_bytes":1}`}
	const ok = "HTTP/1.1 200 OK\r\n\r\n"
	run := func(file string, bytes int) map[string]string {
		return map[string]string{" survey": "program 1\nepoch 1\n", " ours": fmt.Sprintf("run r1 9\nfile r1 %s %d 9\n", file, bytes)}
	}
	return map[string]wayIn{
		"a command's output":         {check, lie{command: "sudo", again: "x"}},
		"lines of a survey":          {[]string{"plan"}, lie{command: " survey", begin: "program 1\n", again: "receipt s 1 lost\n"}},
		"an HTTP body":               {check, lie{request: "/metrics/snapshot", begin: ok + `{"a":"`, again: "x"}},
		"an HTTP head":               {check, lie{request: "/metrics/snapshot", begin: "HTTP/1.1 200 OK\r\n", again: "a: b\r\n"}},
		"a JSON list":                {check, lie{request: "GET_AGENTS", honest: leads, begin: ok + `{"type":"GET_AGENTS","get_agents":{"agents":[{}`, again: ",{}"}},
		"a banner before the login":  {check, lie{banner: true, again: "Welcome!\n"}},
		"lines before SSH":           {check, lie{hello: true, again: "Welcome!\r\n"}},
		"an SFTP answer":             {[]string{"lock", "break", "--reason", "x"}, lie{command: "sftp", honest: locked, again: "\x00\x00\x00\x09\x65\x00\x00\x00\x01\x00\x00\x00\x04"}},
		"an SFTP answer of no shape": {[]string{"lock", "break", "--reason", "x"}, lie{command: "sftp", honest: locked, begin: "\x00\x00\x00\x05\x02\x00\x00\x00\x03", again: "\x00"}},
		"a list of belongings":       {from, lie{command: " ours", honest: run("journal.jsonl", 1), again: "run r1 9\n"}},
		"a journal of one line":      {from, lie{command: " run r1", honest: run("journal.jsonl", 256<<20), begin: `{"crc":"`, again: "0"}},
		"a journal of many events":   {from, lie{copy: manyEvents, honest: run("journal.jsonl", len(manyEvents()))}},
		"a journal without sense":    {from, lie{command: " run r1", honest: run("journal.jsonl", 256<<20), again: "{}\n"}},
	}
}

// manyEvents is a journal of 16 MB that is sound, but for the plan that it lacks.
var manyEvents = sync.OnceValue(func() string {
	var b strings.Builder
	for seq := uint64(1); b.Len() < 16<<20; seq++ {
		line, err := journal.Encode(journal.Event{Seq: seq, Kind: journal.StepNoted, Step: "masters/m1/serve", Detail: strings.Repeat("x", 500)})
		if err != nil {
			panic(err) // texts and numbers
		}
		b.Write(line)
	}
	return b.String()
})

// TestALyingNodeCostsTheWholeProgramLittle has the program itself ask a node
// that sends 16 MB on every way in. BenchmarkALyingNode has it send 1 GB.
func TestALyingNodeCostsTheWholeProgramLittle(t *testing.T) {
	bin := product(t)
	for name, way := range waysIn() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &liar{lie: way.lie, most: 16 << 20}
			grown := costs(t, bin, l, way.args)
			if grown > affordable {
				t.Errorf("%d MB, at most %d are wanted", grown, affordable)
			}
			if l.sent.Load() == 0 {
				t.Error("nothing was sent: nothing is shown")
			}
		})
	}
}

func BenchmarkALyingNode(b *testing.B) {
	if testing.Short() {
		b.Skip("takes minutes: make bench does it")
	}
	bin := product(b)
	for name, way := range waysIn() {
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			for b.Loop() {
				l := &liar{lie: way.lie, most: 1 << 30}
				grown := costs(b, bin, l, way.args)
				if grown > affordable {
					b.Errorf("%d MB, at most %d are wanted", grown, affordable)
				}
				b.ReportMetric(float64(grown), "MB-RSS")
				b.ReportMetric(float64(l.sent.Load())/(1<<30), "GB-sent")
			}
		})
	}
}

func product(t testing.TB) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "dcos-patch")
	if out, err := exec.Command("go", "build", "-o", bin, "../../cmd/dcos-patch").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}

// costs gives by how many MB the program's resident memory was larger, at its
// highest, than when the node knows nothing and says so.
func costs(t testing.TB, bin string, l *liar, args []string) int {
	t.Helper()
	least := peak(t, bin, &liar{}, args)
	return (peak(t, bin, l, args) - least) >> 10
}

// peak is the highest resident memory in KB of a command of the program against
// a cluster of one node.
func peak(t testing.TB, bin string, l *liar, args []string) int {
	t.Helper()
	dir := t.TempDir()
	hostKey, _ := key(t)
	_, private := key(t)
	l.key = hostKey
	host, port := l.serve(t)
	file := func(name string) string { return filepath.Join(dir, name) }
	for name, content := range map[string]string{
		"id":          string(private),
		"known_hosts": fmt.Sprintf("[%s]:%s %s", host, port, ssh.MarshalAuthorizedKey(hostKey.PublicKey())),
		"inventory.yaml": fmt.Sprintf("version: 1\ncluster: {name: c}\ntarget: {url: \"http://127.0.0.1:1/x.sh\", from: 2.1.0, to: 2.1.1}\n"+
			"ssh: {user: ops, port: %s, identity: %q, known_hosts: %q, config: none, dial: 5s}\nmasters: [{name: m1, address: %s}]\nrehearsal: {time_scale: 0.01}\n",
			port, file("id"), file("known_hosts"), host),
	} {
		if err := os.WriteFile(file(name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var said bytes.Buffer
	cmd := exec.Command(bin, append(args, "-i", file("inventory.yaml"))...)
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+dir, "HOME="+dir, "SSH_AUTH_SOCK=")
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = cmd.Wait() }()
	highest := 0
	for over := false; !over; {
		select {
		case <-ended:
			over = true
		case <-time.After(5 * time.Millisecond):
			highest = max(highest, highWater(cmd.Process.Pid))
		}
	}
	if code := cmd.ProcessState.ExitCode(); code <= 0 || highest == 0 || said.Len() > 64<<10 {
		t.Errorf("exit code %d, %d KB, and it said %d bytes: %.2000s", code, highest, said.Len(), said.String())
	}
	t.Logf("%d KB: %.500s", highest, said.String())
	return highest
}

// highWater is the most resident memory that a process has had, in KB; 0 when
// it has gone.
func highWater(pid int) int {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if v, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, _ := strconv.Atoi(strings.Fields(v)[0])
			return n
		}
	}
	return 0
}
