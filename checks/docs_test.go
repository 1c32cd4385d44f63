package checks

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/gates"
	"github.com/dcos-patch/dcos-patch/inventory"
)

var update = flag.Bool("update", false, "write docs/gates.md")

// docs/gates.md is made of the table: go test ./checks -run GatesAreDocumented -update
func TestTheGatesAreDocumentedAsTheyAre(t *testing.T) {
	file := filepath.Join("..", "docs", "gates.md")
	want := gatesPage()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != want {
		t.Errorf("%s is stale (%v): go test ./checks -run GatesAreDocumented -update", file, err)
	}
}

func gatesPage() string {
	var b strings.Builder
	b.WriteString(`# Gates

Made from the table in package gates; do not edit: ` + "`go test ./checks -run GatesAreDocumented -update`" + `.

A gate holds after so many good answers in a row that last so long; any other answer, or another process that gives it, begins the row anew.
What is missing, unreadable, older than its asking, or compares with a baseline that is not there, is not good. Spans and pauses are never shortened by a policy, only by a rehearsal;
patience is the policy's. While there is no good answer yet, a gate is asked as often as its source bears (*waiting*; less often the longer it takes, and metrics never more than
once in 600 ms a daemon); during a row *every* so often, and once more when the span is over. Asked of a node that was at the target before the run, a gate of the node also demands that the daemon is newer than the change of /opt/mesosphere/active, by the node's own clock.

| gate | of | where | answers | span | every | waiting | patience | waivable |
|---|---|---|---|---|---|---|---|---|
`)
	for _, r := range gates.Table() {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %d | %s | %s | %s | %s | %s |\n", r.Name, r.Name, rolesText(r), r.Half,
			r.Need, r.Span, r.Every, r.Eager, patienceText(r), yesNo(r.Waivable))
	}
	writeRows(&b, gates.Table())
	b.WriteString(`
# Gates of your own

An inventory may add gates under ` + "`gates`" + `, at the top for every node, masters too, or in a group for that group; each asks in one of three ways.

    prometheus: {url: "http://prometheus.example.com:9090"}
    gates:
      - {name: site, http: "https://status.example.com/", want: {text: all well}}
    agents:
      stateful:
        gates:
          - {name: kafka-urp, prometheus: "sum(kafka_urp)", want: "== 0"}
          - {name: broker, http: "http://${ADDRESS}:9092/health", via: node, want: {json: {status: green}}}
          - {name: lag, command: ./lag.sh --below 1000}

A gate that names no node is of the cluster: it is asked before the group's next node is taken, where red is a HOLD that ends by itself, and again after each patch, where red within its patience stops the line.
One that names its node (` + "`${NODE}`, `${ADDRESS}`, `${IP}`, `${ROLE}`, `via: node`" + `), or runs a command, is of each node, and asked after its patch; ` + "`of: cluster`" + ` makes a command one of the cluster.
` + "`span`, `every`, `within` and `timeout`" + ` say how long it must stay green, how often it is asked, its patience, and how long one answer may take (1m, 15s, 5m, 15s).
No answer is red. What is asked is part of the plan and of its id; what a script contains is not. A group's gates that are red at preflight are told early, and hold nothing up before their group.
`)
	writeRows(&b, gates.Own())
	b.WriteString(probeText)
	return b.String()
}

func writeRows(b *strings.Builder, rows []gates.Gate) {
	for _, r := range rows {
		fmt.Fprintf(b, "\n## %s\n\n", r.Name)
		for _, l := range [][2]string{
			{"Holds when", r.Asks}, {"Evidence", r.Evidence}, {"Applies", r.Applies}, {"DC/OS", r.Versions},
			{"New process", r.Restart}, {"In the step return", returnText(r)}, {"Baseline", r.Baseline}, {"May be red until the masters are done", r.Deferred},
			{"A stale yes is refused", testName(r.Name, "a stale yes")}, {"An untidy cluster passes", testName(r.Name, "untidy")},
		} {
			if l[1] != "" {
				fmt.Fprintf(b, "- %s: %s\n", l[0], l[1])
			}
		}
	}
}

// returnText says what the step return demands where serve demands more.
func returnText(r gates.Gate) string {
	if r.Return.Need == 0 {
		return ""
	}
	return fmt.Sprintf("%d answers over %s are enough, since the step serve asks again as the table says, beside its own gates", r.Return.Need, r.Return.Span)
}

// probeText is about what is no gate, and belongs to a canary's verification.
const probeText = `
# Besides the gates: launch probe

A canary must also start a task, once, after its gates and before its bake: 0.01 cpus, 32 MB, ` + "`exit 0`" + `, by a framework of ours at the leading master, which is gone when the step ends.

- Holds when: the task ends with TASK_FINISHED, said by its executor on that agent
- Evidence: the framework's own stream of events, from the leader (v1 scheduler API); afterwards GET_FRAMEWORKS, which must not list it any more
- Applies: to canaries, unless ` + "`policy.launch_probe: false`" + `; not where the leader counts less than the task needs left on the agent, which is said with the numbers
- Patience: 5m0s. A task that fails ends it at once; a leader that is away, or a stream that breaks, is tried again
- Why so: [decision 0013](decisions/0013-launch-probe.md)
`

func rolesText(g gates.Gate) string {
	switch {
	case g.Of(dcos.Master) && g.Of(dcos.PrivateAgent):
		return "every node"
	case g.Of(dcos.Master):
		return "masters"
	}
	return "agents"
}

// patienceText shows both timeouts of a gate where they differ.
func patienceText(g gates.Gate) string {
	t := inventory.DefaultPolicy("2.1.1").Timeouts
	master, agent := t.Sum(g.Within.Of(dcos.Master)), t.Sum(g.Within.Of(dcos.PrivateAgent))
	if master == 0 || agent == 0 || master == agent {
		return max(master, agent).String()
	}
	return fmt.Sprintf("%s (masters: %s)", agent, master)
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// testName is the first test of a danger, as go test -v lists it.
func testName(gate, begins string) string {
	return "`TestGate/" + gate + "/" + strings.ReplaceAll(firstCase(gateCases()[gate], begins).name, " ", "_") + "`"
}
