package dcos_test

import (
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
)

func TestAnIssueIsKnownOnlyOnEvidenceThatWasRead(t *testing.T) {
	all, err := dcos.KnownIssues()
	if err != nil {
		t.Fatal(err)
	}
	issue := map[string]dcos.KnownIssue{}
	for _, k := range all {
		issue[k.ID] = k
	}
	const slave = "dcos-mesos-slave.service"
	socket := func(active string) dcos.Seen {
		return dcos.Seen{Units: map[string]dcos.Unit{"dcos-telegraf.socket": {Name: "dcos-telegraf.socket", Active: active, Sub: "dead"}}}
	}
	log := func(text string) dcos.Seen { return dcos.Seen{Logs: map[string]string{slave: text}} }
	const failed = "2026-11-29T01:00:00+0000 a1 mesos-agent[7]: Failed to perform recovery: Incompatible agent info detected.\n"
	for _, c := range []struct {
		name, id string
		seen     dcos.Seen
		want     dcos.Verdict
		proof    string
	}{
		{"the socket is down", "COPS-6512", socket("inactive"), dcos.Proved, "dcos-telegraf.socket is inactive (dead)"},
		{"the socket listens", "COPS-6512", socket("active"), dcos.Disproved, ""},
		{"the socket was not read", "COPS-6512", dcos.Seen{}, dcos.Unproved, ""},
		{"the agent's log says it", "mesos-agent-recovery", log(failed + "2026-11-29T01:00:05+0000 a1 systemd[1]: Started Mesos Agent.\n"), dcos.Proved, "Failed to perform recovery"},
		{"it said it long ago", "mesos-agent-recovery", log(failed + "2026-11-29T02:00:05+0000 a1 systemd[1]: Started Mesos Agent.\n"), dcos.Disproved, ""},
		{"in another zone, a moment ago", "mesos-agent-recovery", log(failed + "2026-11-29T02:00:05+0100 a1 systemd[1]: Started Mesos Agent.\n"), dcos.Proved, ""},
		{"a log without times proves nothing", "mesos-agent-recovery", log("Failed to perform recovery\n"), dcos.Disproved, ""},
		{"an empty log", "mesos-agent-recovery", log("-- No entries --\n"), dcos.Disproved, ""},
		{"the log was not read", "mesos-agent-recovery", dcos.Seen{}, dcos.Unproved, ""},
		{"an issue without evidence is never known", "COPS-1754", socket("inactive"), dcos.Unproved, ""},
		{"a start that timed out", "D2IQ-69871", dcos.Seen{Units: map[string]dcos.Unit{"dcos-cockroach.service": {Result: "timeout"}}}, dcos.Proved, "result timeout"},
		{"another end", "D2IQ-69871", dcos.Seen{Units: map[string]dcos.Unit{"dcos-cockroach.service": {Result: "exit-code"}}}, dcos.Disproved, ""},
	} {
		if got, proof := issue[c.id].Judge(c.seen, dcos.PrivateAgent); got != c.want || !strings.Contains(proof, c.proof) || (got == dcos.Proved) != (proof != "") {
			t.Errorf("%s: %v, %q; want %v, %q", c.name, got, proof, c.want, c.proof)
		}
	}
}

func TestTheMostSpecificIssueIsSuspectedFirst(t *testing.T) {
	all, err := dcos.KnownIssues()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		from, to dcos.Version
		gate     string
		red      []string
		want     string
	}{
		{"2.1.0", "2.1.1", "registered", []string{"dcos-mesos-slave.service"}, "COPS-6512 mesos-agent-recovery"},
		{"1.12.0", "1.12.1", "registered", []string{"dcos-mesos-slave.service"}, "COPS-6512 mesos-agent-recovery release-1.12.1"},
		{"2.2.0", "2.2.1", "registered", []string{"dcos-mesos-slave.service"}, "mesos-agent-recovery"},
		{"2.1.0", "2.1.1", "units", []string{"dcos-log.service"}, ""},
	} {
		var ids []string
		for _, k := range dcos.Suspects(all, c.from, c.to, dcos.PrivateAgent, c.gate, c.red) {
			ids = append(ids, k.ID)
		}
		if got := strings.Join(ids, " "); got != c.want {
			t.Errorf("%s to %s, %s: %q, want %q", c.from, c.to, c.gate, got, c.want)
		}
	}
}

func TestEvidenceIsReadStrictly(t *testing.T) {
	for text, says := range map[string]string{
		`evidence: [{unit: x}]`:                       "one of active",
		`evidence: [{unit: x, result: a, line: b}]`:   "one of active",
		`evidence: [{line: b}]`:                       "evidence is a unit",
		"gates: []\n  evidence: [{unit: x, line: b}]": "without a gate",
		`evidence: [{unit: x, colour: b}]`:            "colour",
	} {
		body := "- id: a\n  to: [{below: 2.0.0}]\n  symptom: s\n  remedy: r\n  source: x\n"
		if !strings.HasPrefix(text, "gates") {
			body += "  gates: [units]\n  units: [x]\n"
		}
		if _, err := dcos.ParseKnownIssues([]byte(body + "  " + text + "\n")); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", text, err, says)
		}
	}
}
