package simcluster

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/inventory"
	prog "github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

func TestTheFilesAreThoseOfAnOperator(t *testing.T) {
	c := start(t, Options{Private: 12, Public: 2, Zones: 3, Width: 2, TimeScale: 0.02, Faults: Faults{{What: fault.UnknownAgent, Where: "a03"}}})
	dir := t.TempDir()
	if err := c.WriteFiles(dir); err != nil {
		t.Fatal(err)
	}
	inv, err := inventory.Load(filepath.Join(dir, "inventory.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(inv.Masters) != 3 || len(inv.Groups) != 2 || len(inv.Groups[0].Nodes) != 11 || inv.Groups[1].Role != dcos.PublicAgent {
		t.Errorf("%d masters, groups %+v", len(inv.Masters), inv.Groups)
	}
	if inv.ID != c.ID() || inv.Target.URL != c.ScriptURL() || inv.Target.SHA256 != sumOf(c.Script()) || inv.Rehearsal.TimeScale != 0.02 {
		t.Errorf("%+v", inv)
	}
	if _, there := inv.Node("a03"); there {
		t.Error("the unknown agent is in the inventory")
	}
}

func TestTheScriptThatIsServedSaysWhatItIs(t *testing.T) {
	for _, to := range []dcos.Version{"2.1.1", "2.2.1"} {
		c := start(t, Options{From: "2.1.0", To: to})
		s, err := dcos.ParseScript(c.Script())
		if err != nil {
			t.Fatal(err)
		}
		if s.From != "2.1.0" || s.To != to || s.NoBlock != (to == "2.1.1") || len(s.Packages) != len(packagesOf(c.release(to))) || s.Repository != c.repository() {
			t.Errorf("%+v", s)
		}
	}
}

func TestRealSocketsServeTheSame(t *testing.T) {
	c := start(t, Options{Private: 1, TimeScale: 0.02, Net: 79})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ready, done := make(chan struct{}), make(chan error, 1)
	go func() { done <- c.ListenAndServe(ctx, func() { close(ready) }) }()
	select {
	case <-ready:
	case err := <-done:
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := c.WriteFiles(dir); err != nil {
		t.Fatal(err)
	}
	inv, err := inventory.Load(filepath.Join(dir, "inventory.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	m1, _ := inv.Node("m1")
	conn, err := sshexec.Dial(ctx, sshexec.Target{Name: "m1", Addr: c.byName["m1"].sshAddr(), User: inv.SSH.User},
		sshexec.Config{Identities: inv.SSH.Identities, KnownHosts: inv.SSH.KnownHosts})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if out, err := prog.Read(ctx, conn, "survey"); err != nil || len(out) < 100 {
		t.Errorf("survey: %s %v", out, err)
	}
	client := http.Client{Transport: &http.Transport{DialContext: conn.DialContext, DisableKeepAlives: true}, Timeout: 10 * time.Second}
	res, err := client.Get("http://" + m1.Address + ":5050/version")
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%v %v", res, err)
	}
	res.Body.Close()
	cancel()
	if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
