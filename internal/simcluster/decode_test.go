package simcluster

import (
	"io"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dcos-patch/dcos-patch/dcos"
	prog "github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// What the model says is read by the decoders that read real nodes.
func TestTheProductsDecodersReadWhatNodesSay(t *testing.T) {
	bubble(t, Options{Private: 1}, func(t *testing.T, c *Cluster) {
		r := begin(t, c, true)
		r.launch("m1")
		r.back("m1")
		l := must(t, c, "m1")
		ok := func(what string, err error, good bool, got any) {
			t.Helper()
			if err != nil || !good {
				t.Errorf("%s: %v, %+v", what, err, got)
			}
		}
		s, err := prog.ParseSurvey([]byte(l.verb("survey")))
		ok("survey", err, s.Version == "2.1.1" && s.Lock != nil && s.Lock.Run == "run1" && len(s.Receipts) == 1 && s.Receipts[0].State == prog.Exited &&
			len(s.Active) == len(packagesOf(release{"2.1.1", Open})) && s.Role() == dcos.Master && s.Rehearsal && s.IP == c.Address("m1"), s)
		rs, err := prog.ParseReceipts(sumOf(c.Script()), []byte(l.verb("receipt "+sumOf(c.Script()))))
		ok("receipt", err, len(rs) == 1 && rs[0].Who == "me on here" && rs[0].From == "2.1.0" && !rs[0].ExitAt.IsZero() && rs[0].ActiveSum != "", rs)
		us, err := dcos.ParseUnits([]byte(l.verb("units --dcos")))
		ok("units", err, len(us) == len(release{"2.1.1", Open}.units(dcos.Master)) && us[0].BootID == s.BootID, us)
		raw, code, err := prog.ParseChecks([]byte(l.verb("checks node-poststart")))
		ok("checks", err, code == 0, code)
		report, err := dcos.ParseCheckReport(raw)
		ok("check report", err, report.Error == "", report)
		cs, err := dcos.ParseCockroachStatus([]byte(l.verb("cockroach")))
		ok("cockroach", err, len(cs) == 3 && time.Since(cs[1].UpdatedAt) < 11*time.Second && cs[0].StartedAt.After(cs[1].StartedAt), cs)
		_, body, err := prog.ParseExhibitor([]byte(l.verb("exhibitor")))
		ok("exhibitor verb", err, true, nil)
		es, err := dcos.ParseExhibitorStatus(body)
		ok("exhibitor", err, len(es) == 3, es)
		leader := 0
		for _, m := range c.masters() {
			zk, err := dcos.ParseSrvr([]byte(must(t, c, m.name).word("srvr")))
			ok("srvr", err, zk.Serves(3), zk)
			zk, err = dcos.ParseMntr([]byte(must(t, c, m.name).word("mntr")))
			ok("mntr", err, zk.Serves(3), zk)
			if zk.Mode == "leader" {
				leader++
			}
		}
		ok("ZooKeeper leaders", nil, leader == 1, leader)
	})
}

// word asks the node's ZooKeeper.
func (l *login) word(word string) string {
	l.t.Helper()
	conn, err := l.ssh.Dial("tcp", "127.0.0.1:2181")
	if err != nil {
		l.t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, word); err != nil {
		l.t.Fatal(err)
	}
	b, err := io.ReadAll(conn)
	if err != nil {
		l.t.Fatal(err)
	}
	return string(b)
}

func TestWordsUndoQuoting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		argv := rapid.SliceOfN(rapid.StringMatching(`[ -~\n\t]{0,12}`), 1, 6).Draw(t, "argv")
		got, err := words(sshexec.Quote(argv))
		if err != nil || len(got) != len(argv) {
			t.Fatalf("%q: %q %v", argv, got, err)
		}
		for i := range argv {
			if got[i] != argv[i] {
				t.Fatalf("%q: %q", argv, got)
			}
		}
	})
}

func TestAnUnfinishedLineIsAnError(t *testing.T) {
	for _, line := range []string{"echo 'a", `echo "a`, `echo a\`} {
		if got, err := words(line); err == nil {
			t.Errorf("%s: %q", line, got)
		}
	}
}

func TestAnUnknownCommandFailsLoudly(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, c *Cluster) {
		l := must(t, c, "m1")
		for _, line := range []string{"systemctl stop dcos-mesos-master", "sudo -n reboot", "true; reboot", "sudo true", "sudo -n /bin/sh -c reboot"} {
			if _, _, code := l.run(line, ""); code != 127 {
				t.Errorf("%s: exit code %d", line, code)
			}
		}
		if got := c.Drift(); len(got) != 5 {
			t.Errorf("drift: %q", got)
		}
		leave := c.enter()
		c.drift = nil
		leave()
	})
}
