package simcluster

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/mesos"
)

var update = flag.Bool("update", false, "write docs/mesos-agreement.md")

// TestTheSimulatedMesosAnswersAsTheRecordedOneDid replays what was asked of a real Mesos,
// and holds docs/mesos-agreement.md to what it comes to.
func TestTheSimulatedMesosAnswersAsTheRecordedOneDid(t *testing.T) {
	all := exchanges(t)
	known, agree := knownPlaces(all), map[string]string{}
	for _, p := range scenes {
		t.Run(p.name, func(t *testing.T) { p.run(t, all, known, agree) })
	}
	if t.Failed() {
		return
	}
	page := agreementPage(classify(t, all, agree))
	file := filepath.Join("..", "..", "docs", "mesos-agreement.md")
	if *update {
		if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != page {
		t.Errorf("%s is stale (%v): go test ./internal/simcluster -run AnswersAsTheRecordedOneDid -update", file, err)
	}
}

// classes of recordings.
const (
	agrees      = "agrees"
	decodedOnly = "decoded"
	notOurs     = "not ours"
)

// classed is a recording and what becomes of it here.
type classed struct {
	name, asked, of, status string
	class, remark           string
}

// classify gives every recording that was made a class.
func classify(t *testing.T, all []exchange, agree map[string]string) (rows []classed) {
	t.Helper()
	byName := map[string]exchange{}
	for _, x := range all {
		byName[x.name] = x
	}
	index, err := os.ReadFile(recordingsDir + "/INDEX.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(index)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 4 {
			t.Fatalf("INDEX.tsv: %q", line)
		}
		row := classed{name: f[0], asked: f[1], of: f[2], status: f[3]}
		x, here := byName[row.name]
		delete(byName, row.name)
		remark, replayed := agree[row.name]
		_, noEvents := os.Stat(recordingsDir + "/events/" + row.name + ".json")
		switch {
		case replayed:
			row.class, row.remark = agrees, remark
		case here && reasons[row.asked] == "":
			row.class, row.remark = decodedOnly, readBy(t, x)
		case noEvents == nil:
			row.class, row.remark = decodedOnly, "what frameworks were sent: `dcos.ParseSchedulerEvent`"
		default:
			row.class, row.remark = notOurs, reasons[row.asked]
		}
		if row.class == notOurs && row.remark == "" {
			t.Errorf("%s (%s) has no class", row.name, row.asked)
		}
		rows = append(rows, row)
	}
	for name := range byName {
		t.Errorf("%s is not in INDEX.tsv", name)
	}
	if len(rows) != 459 {
		t.Errorf("%d recordings are listed, want 459", len(rows))
	}
	return rows
}

// readBy says what reads an answer that is not replayed.
func readBy(t *testing.T, x exchange) string {
	t.Helper()
	question := strings.TrimPrefix(x.asked(), "agent ")
	if x.Response.Status != 200 {
		text, _ := x.Response.Body.(string)
		for _, is := range []error{mesos.ErrUnauthorized, mesos.ErrNotRecovered, mesos.ErrNoLeader, mesos.ErrMalformed} {
			if errors.Is(&mesos.StatusError{Code: x.Response.Status, Body: text}, is) {
				return "as the error: " + is.Error()
			}
		}
		return "as a status that is not 200"
	}
	if text(x.Response.Body) == "" {
		return "as a 200 that says nothing more"
	}
	body := v1(question, text(x.Response.Body))
	for _, d := range decoders {
		if strings.Contains(" "+d.of+" ", " "+question+" ") {
			if err := d.read(body); err != nil {
				t.Errorf("%s: %v", x.name, err)
			}
			return "`dcos." + d.name + "`"
		}
	}
	t.Errorf("%s: nothing reads %s", x.name, question)
	return ""
}

// decoders read the answers to questions.
var decoders = []struct {
	of, name string
	read     func([]byte) error
}{
	{"/metrics/snapshot", "ParseMetrics", func(b []byte) error { _, err := dcos.ParseMetrics(b); return err }},
	{"/version", "ParseMesosVersion", func(b []byte) error { _, err := dcos.ParseMesosVersion(b); return err }},
	{"/flags", "ParseMesosFlags", func(b []byte) error { _, err := dcos.ParseMesosFlags(b); return err }},
	{"GET_AGENTS", "ParseGetAgents", func(b []byte) error { _, err := dcos.ParseGetAgents(b); return err }},
	{"GET_AGENT", "ParseGetAgent", func(b []byte) error { _, err := dcos.ParseGetAgent(b); return err }},
	{"GET_TASKS", "ParseGetTasks", func(b []byte) error { _, err := dcos.ParseGetTasks(b); return err }},
	{"GET_MAINTENANCE_SCHEDULE /maintenance/schedule", "ParseSchedule", func(b []byte) error { _, err := dcos.ParseSchedule(b); return err }},
	{"GET_MAINTENANCE_STATUS /maintenance/status", "ParseMaintenanceStatus", func(b []byte) error { _, err := dcos.ParseMaintenanceStatus(b); return err }},
}

// reasons why a question is not the product's.
var reasons = map[string]string{
	"command line": "no Mesos is started by hand",
	"scenario":     "an account of a while: its delays and ends are the simulated cluster's",

	"GET /state": wholeState, "GET /master/state": wholeState, "GET /state?jsonp=cb": wholeState, "GET_STATE": wholeState,
	"GET /state-summary": wholeState, "GET /frameworks": listed, "GET /tasks": listed, "GET /slaves": listed, "GET /slaves?slave_id=nosuch": listed,
	"GET /roles": noRoles, "GET_ROLES": noRoles, "GET /quota": "GET_QUOTA is asked",
	"GET_VERSION": itsOwn, "GET_FLAGS": itsOwn, "GET_METRICS": itsOwn,
	"GET_MASTER":             "who leads is told by the metric master/elected",
	"GET_EXECUTORS":          noContainers,
	"GET_CONTAINERS":         noContainers,
	"GET /containers":        noContainers,
	"GET_FRAMEWORKS":         "of an agent: the leading master is asked for frameworks",
	"GET /system/stats.json": "the node program says what the machine has",
	"GET /":                  "a page for people",
	"GET /no-such-path":      "not asked for",
}

const (
	wholeState   = "grows with everything that ever ran; GET_AGENTS and GET_TASKS say what is needed"
	listed       = "a list of v0, which says nothing before the registry is read; the v1 call is asked"
	noRoles      = "roles are not looked at, quotas are"
	itsOwn       = "asked by GET of the daemon, where a standby answers for itself"
	noContainers = "what runs is told by GET_TASKS"
)

func agreementPage(rows []classed) string {
	var b strings.Builder
	count := map[string]int{}
	for _, r := range rows {
		count[r.class]++
	}
	fmt.Fprintf(&b, "# What a real Mesos answered, and what answers here\n\nMade by a test; do not edit: `go test ./internal/simcluster -run AnswersAsTheRecordedOneDid -update`.\n\n"+
		"%d recordings were made of three masters and three agents of Mesos 1.12. Of them %d **agree**: they are replayed, in their order, against the simulated cluster, which must answer with the "+
		"same status, type and text, in places and types that a recording has, and with the same in all that the product decides by. %d are **decoded** only: the product's decoders, or its errors, "+
		"read them. %d are **not ours**, each for a reason.\n\n## Calls\n\n", len(rows), count[agrees], count[decodedOnly], count[notOurs])
	b.WriteString("The calls of the operator API that the product can make. Each is made once; one that is *repeatable* may be sent again when its answer was lost.\n\n" +
		"| call | since Mesos | writes | repeatable | because it | refused, besides what every call is |\n|---|---|---|---|---|---|\n")
	yes := map[bool]string{true: "yes", false: "no"}
	for _, c := range mesos.Calls() {
		var refused []string
		for _, is := range c.Refused {
			refused = append(refused, is.Error())
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", c.Name, c.Since, yes[c.Writes], yes[c.Repeatable], c.Because, strings.Join(refused, "; "))
	}
	b.WriteString("\n## Recordings\n\n| recording | asked | of | status | class | remark |\n|---|---|---|---|---|---|\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", r.name, r.asked, r.of, r.status, r.class, r.remark)
	}
	return b.String()
}
