package dcos_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Law: what was read out of a script, written as a script again, is read the
// same, and a script is identified by all its bytes.
func FuzzParseScript(f *testing.F) {
	f.Add(patchScript)
	f.Add(strings.ReplaceAll(patchScript, "--no-block ", ""))
	f.Fuzz(func(t *testing.T, text string) {
		s, err := dcos.ParseScript([]byte(text))
		if err != nil {
			return
		}
		if sum := sha256.Sum256([]byte(text)); s.SHA256 != hex.EncodeToString(sum[:]) {
			t.Fatal("the hash is not of the text")
		}
		block := ""
		if s.NoBlock {
			block = "--no-block "
		}
		list := strings.Join(s.Packages, " ")
		again, err := dcos.ParseScript(fmt.Appendf(nil, "#!/bin/bash\n# BASH script to upgrade DC/OS on a node\n"+
			"echo \"ERROR: Expecting to upgrade DC/OS from %s to %s.\"\npkgpanda fetch --repository-url=%s %s >&3\npkgpanda activate %s%s >&3\n",
			s.From, s.To, s.Repository, list, block, list))
		if err != nil {
			t.Fatalf("%+v written again: %v", s, err)
		}
		again.SHA256 = s.SHA256
		if !cmp.Equal(again, s) {
			t.Fatal(cmp.Diff(s, again))
		}
	})
}

// Law: metrics are what the object holds, and writing them loses nothing.
func FuzzParseMetrics(f *testing.F) {
	f.Add([]byte(`{"registrar\/log\/recovered":1.0,"a":-1e-3}`))
	f.Add([]byte(`{"a":null}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := dcos.ParseMetrics(b)
		if err != nil {
			return
		}
		written, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		again, err := dcos.ParseMetrics(written)
		if err != nil || !cmp.Equal(again, m) {
			t.Fatalf("%v\n%s", err, cmp.Diff(m, again))
		}
	})
}

// Law: an answer that was read is cut off by taking away its last byte that
// counts, and no server has a hole.
func FuzzParseExhibitorStatus(f *testing.F) {
	f.Add(`[{"code":3,"description":"serving","hostname":"10.0.0.1","isLeader":true}]`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, text string) {
		servers, err := dcos.ParseExhibitorStatus([]byte(text))
		if err != nil {
			return
		}
		cutOff(t, text, func(b []byte) error { _, err := dcos.ParseExhibitorStatus(b); return err })
		for _, s := range servers {
			if s.Hostname == "" || s.Description == "" {
				t.Fatalf("%q gives %+v", text, s)
			}
		}
	})
}

// Law: a report is never better than its worst check, nor than one not run.
func FuzzParseCheckReport(f *testing.F) {
	f.Add(`{"status":3,"checks":{"bad":{"output":"boom","status":2},"slow":{"output":"","status":3}}}`)
	f.Add(`{"error":"not found","checks":["cluster: Check not found"]}`)
	f.Add(`{"status":3,"checks":{"ip":{"output":"","status":127},"oom":{"output":"","status":-1}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := dcos.ParseCheckReport([]byte(text))
		if err != nil {
			return
		}
		cutOff(t, text, func(b []byte) error { _, err := dcos.ParseCheckReport(b); return err })
		for name, c := range r.Checks {
			if c.Severity() > r.Status || (c.Status > dcos.CheckWarning || c.Status < 0) != (c.Severity() >= dcos.CheckCritical) {
				t.Fatalf("%q: %s is worse than the whole", text, name)
			}
		}
		if (r.Error != "" || len(r.NotRun) > 0) && r.Status < dcos.CheckUnknown {
			t.Fatalf("%q: not everything ran, and the status is %d", text, r.Status)
		}
	})
}

// Law: the nodes, written as TSV of another version (other order of columns),
// are read the same.
func FuzzParseCockroachStatus(f *testing.F) {
	f.Add(mixed)
	f.Add(strings.ReplaceAll(mixed, "\t", ","))
	f.Add(strings.ReplaceAll(mixed, "\t", " | "))
	f.Fuzz(func(t *testing.T, text string) {
		nodes, err := dcos.ParseCockroachStatus([]byte(text))
		if err != nil {
			return
		}
		var b strings.Builder
		b.WriteString(tsv("id|ranges_underreplicated|ranges_unavailable|ranges|replicas_leaseholders|replicas_leaders|is_live|is_available|updated_at|started_at|build|address"))
		stamp := func(at time.Time) string {
			if at.IsZero() {
				return "NULL"
			}
			return at.Format("2006-01-02 15:04:05.999999999+00:00")
		}
		cell := func(v fmt.Stringer) string { return strings.Replace(v.String(), "unknown", "NULL", 1) }
		for _, n := range nodes {
			if strings.ContainsAny(n.ID+n.Build+n.Address, "\t\r\n") || n.UpdatedAt.Year() > 9999 || n.StartedAt.Year() > 9999 {
				return // cannot be written as TSV
			}
			fmt.Fprintf(&b, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", n.ID, cell(n.UnderReplicated), cell(n.Unavailable), cell(n.Ranges),
				cell(n.ReplicasLeaseholders), cell(n.ReplicasLeaders), cell(n.Live), cell(n.Available), stamp(n.UpdatedAt), stamp(n.StartedAt), n.Build, n.Address)
			if strings.HasPrefix(n.ID, "#") {
				return // would be a comment
			}
		}
		again, err := dcos.ParseCockroachStatus([]byte(b.String()))
		if err != nil || !cmp.Equal(again, nodes) {
			t.Fatalf("%q: %v\n%s", b.String(), err, cmp.Diff(nodes, again))
		}
	})
}

// Law: no agent is listed without an id or twice; a cut-off answer is none.
func FuzzParseAgents(f *testing.F) {
	f.Add(oneAgent)
	f.Add(string(body(f, "254")))
	f.Add(string(body(f, "255")))
	f.Fuzz(func(t *testing.T, text string) {
		a, err := dcos.ParseGetAgents([]byte(text))
		if err != nil {
			return
		}
		cutOff(t, text, func(b []byte) error { _, err := dcos.ParseGetAgents(b); return err })
		seen := map[string]bool{"": true}
		for _, agent := range slices.Concat(a.Registered, a.Recovered) {
			if seen[agent.ID] {
				t.Fatalf("%q: agent %q", text, agent.ID)
			}
			seen[agent.ID] = true
		}
		for _, agent := range a.Registered {
			if agent.IP == "" || agent.Hostname == "" || agent.Version == "" {
				t.Fatalf("%q: a hole in %+v", text, agent)
			}
		}
	})
}

// Law: every task has what identifies it; a cut-off answer is none.
func FuzzParseGetTasks(f *testing.F) {
	f.Add(string(body(f, "142")))
	f.Add(`{"type":"GET_TASKS","get_tasks":{}}`)
	f.Fuzz(func(t *testing.T, text string) {
		x, err := dcos.ParseGetTasks([]byte(text))
		if err != nil {
			return
		}
		cutOff(t, text, func(b []byte) error { _, err := dcos.ParseGetTasks(b); return err })
		for _, task := range slices.Concat(x.Pending, x.Queued, x.Launched, x.Terminated, x.Unreachable, x.Completed, x.Orphan) {
			if task.ID == "" || task.FrameworkID == "" || task.AgentID == "" || task.State == "" {
				t.Fatalf("%q: a hole in %+v", text, task)
			}
		}
	})
}

// Law: a small answer that was read says what it was asked, and a cut-off one
// is none.
func FuzzParseSmallAnswers(f *testing.F) {
	for _, number := range []string{"044", "046", "124", "086"} {
		f.Add(string(body(f, number)))
	}
	f.Fuzz(func(t *testing.T, text string) {
		b := []byte(text)
		if v, err := dcos.ParseMesosVersion(b); err == nil {
			if v.Version == "" {
				t.Fatalf("%q: no version", text)
			}
			cutOff(t, text, func(b []byte) error { _, err := dcos.ParseMesosVersion(b); return err })
		}
		if flags, err := dcos.ParseMesosFlags(b); err == nil {
			if d, err := dcos.PingBudget(flags); err == nil && d <= 0 {
				t.Fatalf("%q: a budget of %v", text, d)
			}
			cutOff(t, text, func(b []byte) error { _, err := dcos.ParseMesosFlags(b); return err })
		}
		if s, err := dcos.ParseGetAgent(b); err == nil && s.Hostname == "" {
			t.Fatalf("%q: no hostname", text)
		}
		if _, err := dcos.ParseGetHealth(b); err == nil {
			cutOff(t, text, func(b []byte) error { _, err := dcos.ParseGetHealth(b); return err })
		}
	})
}

// Law: what was read of maintenance names a machine each time, a window begins
// and does not end before, and a cut-off answer is none.
func FuzzParseMaintenance(f *testing.F) {
	for _, number := range []string{"193", "194", "240", "099"} {
		f.Add(string(body(f, number)))
	}
	f.Fuzz(func(t *testing.T, text string) {
		b := []byte(text)
		var named []dcos.Machine
		if s, err := dcos.ParseMaintenanceStatus(b); err == nil {
			named = append(append(named, s.Draining...), s.Down...)
			cutOff(t, text, func(b []byte) error { _, err := dcos.ParseMaintenanceStatus(b); return err })
		}
		if windows, err := dcos.ParseMaintenanceSchedule(b); err == nil {
			for _, w := range windows {
				if named = append(named, w.Machines...); w.Start.IsZero() || w.Duration < 0 {
					t.Fatalf("%q: window %s", text, w)
				}
			}
			cutOff(t, text, func(b []byte) error { _, err := dcos.ParseMaintenanceSchedule(b); return err })
		}
		if schedule, err := dcos.ParseSchedule(b); err == nil {
			for _, w := range schedule {
				again, err := dcos.ParseSchedule([]byte(`{"type":"GET_MAINTENANCE_SCHEDULE","get_maintenance_schedule":{"schedule":{"windows":[` + w.Text + `,` + w.Scheduled().Text + `]}}}`))
				if err != nil || !cmp.Equal(again[0], w) || !cmp.Equal(again[1].MaintenanceWindow, w.MaintenanceWindow, cmpopts.EquateEmpty()) {
					t.Fatalf("%q: posted and read back: %v %v", text, again, err)
				}
			}
		}
		if all, err := dcos.ParseInverseAnswers(b); err == nil {
			for _, a := range all {
				if named = append(named, a.Machine); a.Status == "" || a.FrameworkID == "" {
					t.Fatalf("%q: a hole in %+v", text, a)
				}
			}
			cutOff(t, text, func(b []byte) error { _, err := dcos.ParseInverseAnswers(b); return err })
		}
		if slices.Contains(named, dcos.Machine{}) {
			t.Fatalf("%q: a machine without a name", text)
		}
	})
}

// Law: what is read has a state, or a role, and a cut-off answer is none.
func FuzzParseOperations(f *testing.F) {
	f.Add(string(body(f, "101")))
	f.Add(`{"type":"GET_OPERATIONS","get_operations":{"operations":[{"agent_id":{"value":"S"},"info":{"id":{"value":"o1"},"type":"CREATE_DISK"},"latest_status":{"state":"OPERATION_PENDING"}}]}}`)
	f.Add(`{"type":"GET_QUOTA","get_quota":{"status":{"infos":[{"role":"r","guarantee":[{"name":"cpus","scalar":{"value":2}}]}],"configs":[{"role":"r","limits":{"cpus":{"value":4}}}]}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		b := []byte(text)
		if ops, err := dcos.ParseGetOperations(b); err == nil {
			if slices.ContainsFunc(ops, func(o dcos.Operation) bool { return o.State == "" }) {
				t.Fatalf("%q: no state in %+v", text, ops)
			}
			cutOff(t, text, func(b []byte) error { _, err := dcos.ParseGetOperations(b); return err })
		}
		if quotas, err := dcos.ParseGetQuota(b); err == nil {
			seen := map[string]bool{"": true}
			for _, q := range quotas {
				if seen[q.Role] {
					t.Fatalf("%q: role %q", text, q.Role)
				}
				seen[q.Role] = true
			}
			cutOff(t, text, func(b []byte) error { _, err := dcos.ParseGetQuota(b); return err })
		}
	})
}

// Law: the units, written again, are read the same.
func FuzzParseUnits(f *testing.F) {
	f.Add(twoUnits)
	f.Fuzz(func(t *testing.T, text string) {
		units, err := dcos.ParseUnits([]byte(text))
		if err != nil {
			return
		}
		var b strings.Builder
		for _, u := range units {
			fmt.Fprintf(&b, "BootID=%s\nId=%s\nLoadState=%s\nActiveState=%s\nSubState=%s\nResult=%s\nMainPID=%d\nStartTicks=%d\nExe=%s\nActiveEnterTimestampMonotonic=%d\n",
				u.BootID, u.Name, u.Load, u.Active, u.Sub, u.Result, u.MainPID, u.StartTicks, u.Exe, u.ActiveEnterMonotonic)
			if u.Restarts.Known {
				fmt.Fprintf(&b, "NRestarts=%d\n", u.Restarts.N)
			}
			b.WriteByte('\n')
			if (u.Process() != "") != (u.MainPID > 0 && u.StartTicks > 0) {
				t.Fatalf("%+v is process %q", u, u.Process())
			}
		}
		again, err := dcos.ParseUnits([]byte(b.String()))
		if err != nil || !cmp.Equal(again, units) {
			t.Fatalf("%q: %v\n%s", b.String(), err, cmp.Diff(units, again))
		}
	})
}

// Law: a server serves only in a mode that it says, and a leader that
// answers mntr counts its followers.
func FuzzParseZooKeeper(f *testing.F) {
	f.Add("Zookeeper version: 3.4.14, built on x\nMode: leader\n")
	f.Add("zk_version\t3.4.14\nzk_server_state\tleader\nzk_followers\t2\nzk_synced_followers\t2\n")
	f.Add("This ZooKeeper instance is not currently serving requests\n")
	f.Fuzz(func(t *testing.T, text string) {
		for word, parse := range map[string]func([]byte) (dcos.ZooKeeperServer, error){"srvr": dcos.ParseSrvr, "mntr": dcos.ParseMntr} {
			s, err := parse([]byte(text))
			if err != nil {
				continue
			}
			if s.Serves(1) && !strings.Contains(text, s.Mode) {
				t.Fatalf("%s %q: %+v", word, text, s)
			}
			if counts := word == "mntr" && s.Mode == "leader"; s.Followers.Known != counts || s.SyncedFollowers.Known != counts {
				t.Fatalf("%s %q: %+v", word, text, s)
			}
		}
	})
}

// Law: every duration written in nanoseconds is read exactly; none that is
// read is negative.
func FuzzParseMesosDuration(f *testing.F) {
	f.Add(int64(15_000_000_000), "1.5hrs")
	f.Fuzz(func(t *testing.T, n int64, s string) {
		if d, err := dcos.ParseMesosDuration(fmt.Sprintf("%dns", n)); (err == nil) != (n >= 0) || (err == nil && int64(d) != n) {
			t.Fatalf("%dns is %v, %v", n, d, err)
		}
		if d, err := dcos.ParseMesosDuration(s); err == nil && d < 0 {
			t.Fatalf("%q is %v", s, d)
		}
	})
}

// cutOff checks that an answer without its last byte that counts is an error.
func cutOff(t *testing.T, text string, parse func([]byte) error) {
	t.Helper()
	text = strings.TrimRight(text, " \t\r\n")
	if parse([]byte(text[:len(text)-1])) == nil {
		t.Fatalf("%q without its last byte is taken for an answer", text)
	}
}
