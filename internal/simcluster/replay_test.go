package simcluster

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/answers"
)

// exchange is a recorded request and what a real Mesos answered, if it did.
type exchange struct {
	name    string
	Server  string `json:"server"`
	Request struct {
		Method  string            `json:"method"`
		Path    string            `json:"url_path"`
		Headers map[string]string `json:"headers"`
		Body    any               `json:"body"`
	} `json:"request"`
	Response *struct {
		Status  int               `json:"status"`
		Headers map[string]string `json:"headers"`
		Body    any               `json:"body"`
	} `json:"response"`
}

const recordingsDir = "../../dcos/testdata/recordings"

// exchanges are the recordings of the repository, in order.
func exchanges(t *testing.T) (all []exchange) {
	t.Helper()
	files, err := filepath.Glob(recordingsDir + "/*.json")
	if err != nil || len(files) < 300 {
		t.Fatalf("%d recordings, %v", len(files), err)
	}
	for _, f := range files {
		x := exchange{name: strings.TrimSuffix(filepath.Base(f), ".json")}
		b, err := os.ReadFile(f)
		if err == nil {
			d := json.NewDecoder(strings.NewReader(string(b)))
			d.UseNumber()
			err = d.Decode(&x)
		}
		if err != nil {
			t.Fatal(f, err)
		}
		all = append(all, x)
	}
	return all
}

// asked names the question: a v1 call, or a path; of an agent after "agent ".
func (x exchange) asked() string {
	path, _, _ := strings.Cut(x.Request.Path, "?")
	if body, is := x.Request.Body.(map[string]any); is && path == "/api/v1" {
		if kind, is := body["type"].(string); is {
			path = kind
		}
	}
	if x.ofAgent() {
		return "agent " + path
	}
	return path
}

func (x exchange) ofAgent() bool { return strings.HasPrefix(x.Server, "127.0.1.") }

// text is a body as it was sent.
func text(body any) string {
	switch b := body.(type) {
	case nil:
		return ""
	case string:
		return b
	}
	b, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// stage is a simulated cluster that stands for the recorded one.
type stage struct {
	*Cluster
	t       *testing.T
	masters map[string]*node // by recorded address
	agree   map[string]string
	known   map[string]map[string]bool // what of an answer stands in a recording of its question
}

// agentIDs are the recorded ids of each agent.
var agentIDs = map[string]string{
	"6797eeb3-de12-4409-88df-b396afa7ff2a-S0": "a1", "6797eeb3-de12-4409-88df-b396afa7ff2a-S7": "a1",
	"6797eeb3-de12-4409-88df-b396afa7ff2a-S2": "a2",
	"6797eeb3-de12-4409-88df-b396afa7ff2a-S1": "a3", "6797eeb3-de12-4409-88df-b396afa7ff2a-S3": "a3",
	"794c5395-08e5-4045-97ae-291089044e94-S0": "a1", "794c5395-08e5-4045-97ae-291089044e94-S1": "a3", "794c5395-08e5-4045-97ae-291089044e94-S2": "a2",
	"791f3c29-8e80-4e09-93d1-38722a707bdd-S0": "a3", "6f28a79b-a4c0-4332-a212-e774c409d786-S0": "a1",
}

var (
	agentName  = regexp.MustCompile(`(?i)agent(\d)\.test`)
	agentAddr  = regexp.MustCompile(`127\.0\.1\.(\d+)`)
	masterAddr = regexp.MustCompile(`127\.0\.0\.(\d)`)
	agentID    = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}-S\d`)
)

// ours puts our names in the place of recorded ones.
func (s *stage) ours(text string) string {
	text = agentID.ReplaceAllStringFunc(text, func(id string) string {
		if n := s.byName[agentIDs[id]]; n != nil {
			return n.agent.id
		}
		return id
	})
	text = masterAddr.ReplaceAllStringFunc(text, func(ip string) string {
		if n := s.masters[ip]; n != nil {
			return n.ip
		}
		return ip
	})
	row := fmt.Sprintf("127.%d.1.", s.opt.Net)
	alone := strings.NewReplacer("agent9.test", "agent1.test", "127.0.1.9:", "127.0.1.1:")
	return agentAddr.ReplaceAllString(agentName.ReplaceAllString(alone.Replace(text), row+"$1"), row+"$1")
}

// ask replays a recorded request at the daemon that stands for the recorded one.
func (s *stage) ask(x exchange) answers.Reply {
	host, port, _ := strings.Cut(x.Server, ":")
	if x.Server == "" { // it was not answered
		host, port = s.leading(), "5050"
	}
	n := s.byIP[s.ours(host)]
	if host = s.ours(x.Server); n == nil {
		n, _ = s.byIP[strings.TrimSuffix(host, ":"+port)]
	}
	if n == nil {
		s.t.Fatalf("%s: no node for %s", x.name, x.Server)
	}
	r := httptest.NewRequest(x.Request.Method, "http://mesos"+x.Request.Path, nil)
	for k, v := range x.Request.Headers {
		r.Header.Set(k, v)
	}
	p, err := strconv.Atoi(port)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.route(endpoint{n: n, port: p, since: n.listening(p)}, r, []byte(s.ours(text(x.Request.Body))))
}

// leading is the recorded address of who leads.
func (s *stage) leading() string {
	for ip, n := range s.masters {
		if n == s.mesos.leader {
			return ip
		}
	}
	return ""
}

// replay asks, compares, and keeps what it came to.
func (s *stage) replay(x exchange, remark string) {
	s.given(x)
	got := s.ask(x)
	var wrong []string
	if x.Response == nil {
		if got.Order == nil {
			wrong = []string{fmt.Sprintf("it is answered %d %s", got.Status, got.Body)}
		}
	} else {
		wrong = s.alike(x, got)
	}
	for _, w := range wrong {
		s.t.Errorf("%s: %s", x.name, w)
	}
	s.agree[x.name] = remark
}

// given has the frameworks answer as they did: what they answer is not the master's.
func (s *stage) given(x exchange) {
	if x.asked() != "/maintenance/status" && x.asked() != "GET_MAINTENANCE_STATUS" || x.Response == nil || x.Response.Status != http.StatusOK {
		return
	}
	s.act(func() { s.mesos.maintenance.Answers = nil })
	for _, a := range inverseAnswers(s.t, s.ours(text(x.Response.Body)), x.asked()) {
		s.Answer(answers.InverseAnswer{Machine: answers.MachineID(a.Machine), Framework: a.FrameworkID, Status: a.Status, At: a.At})
	}
}

// v1 wraps a v0 document of maintenance as the v1 call does.
func v1(question, document string) []byte {
	switch question {
	case "/maintenance/status":
		return []byte(`{"type":"GET_MAINTENANCE_STATUS","get_maintenance_status":{"status":` + document + `}}`)
	case "/maintenance/schedule":
		return []byte(`{"type":"GET_MAINTENANCE_SCHEDULE","get_maintenance_schedule":{"schedule":` + document + `}}`)
	}
	return []byte(document)
}

func inverseAnswers(t *testing.T, document, question string) []dcos.InverseAnswer {
	t.Helper()
	all, err := dcos.ParseInverseAnswers(v1(question, document))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// order makes a call that is not recorded.
func (s *stage) order(body string) {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://mesos/api/v1", nil)
	r.Header.Set("Content-Type", answers.TypeJSON)
	n := s.mesos.leader
	if a := s.route(endpoint{n: n, port: dcos.MesosMasterPort, since: n.master.since}, r, []byte(s.ours(body))); a.Status != http.StatusOK || a.Order != nil {
		s.t.Fatalf("%s: %d %s", body, a.Status, a.Body)
	}
}

// act changes the truth behind everyone's back.
func (s *stage) act(what func()) {
	leave := s.enter()
	what()
	leave()
	time.Sleep(time.Millisecond)
}
