package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/flight"
	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/pack"
	"github.com/dcos-patch/dcos-patch/plan"
)

// unpacked is what a failure pack holds, by the names in it.
type unpacked map[string]string

// unpack reads a pack, whose files are all in one directory of our naming.
func (l *lab) unpack(path string) unpacked {
	l.Helper()
	files, size, err := untar(l.read(path))
	if err != nil {
		l.Fatalf("%s: %v", path, err)
	}
	if size > pack.Most {
		l.Errorf("%s holds %d bytes", path, size)
	}
	ours := regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*-\d{4}-\d{4}-[a-z0-9]{4}/((?:node/|samples/)?[A-Za-z0-9][A-Za-z0-9+._-]*)$`)
	out := unpacked{}
	for name, body := range files {
		m := ours.FindStringSubmatch(name)
		if m == nil {
			l.Errorf("%s has a file %q", path, name)
			continue
		}
		out[m[1]] = body
	}
	return out
}

func untar(b []byte) (files map[string]string, size int, err error) {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, 0, err
	}
	files = map[string]string{}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return files, size, nil
		}
		if err != nil {
			return nil, 0, err
		}
		body, err := io.ReadAll(t)
		if err != nil {
			return nil, 0, err
		}
		files[h.Name], size = string(body), size+len(body)
	}
}

// packs are the newest run's packs, by name.
func (l *lab) packs() []string {
	l.Helper()
	paths, err := filepath.Glob(filepath.Join(filepath.Dir(l.journal()), "*.tar.gz*"))
	if err != nil {
		l.Fatal(err)
	}
	return paths
}

// packed is the only pack there is, which the output names in its last line.
func (l *lab) packed(e ended, node string) unpacked {
	l.Helper()
	path := filepath.Join(filepath.Dir(l.journal()), node+".tar.gz")
	if want := "  pack    " + path + "\n"; !strings.HasSuffix(e.out, want) {
		l.Fatalf("the last line is not %q: %s", want, e)
	}
	if got := l.packs(); !slices.Equal(got, []string{path}) {
		l.Errorf("packs: %q", got)
	}
	return l.unpack(path)
}

// has wants a file of the pack to hold texts.
func (u unpacked) has(t *testing.T, name string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(u[name], text) {
			t.Errorf("%s lacks %q:\n%.3000s", name, text, u[name])
		}
	}
}

func (u unpacked) lacks(t *testing.T, name string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(u[name], text) {
			t.Errorf("%s holds %q:\n%.3000s", name, text, u[name])
		}
	}
}

func faulty(where string, what fault.Kind) simcluster.Options {
	return simcluster.Options{Private: 2, Width: 2, Seed: 1, Faults: append(patched("m1", "m2", "m3"), simcluster.Fault{What: what, Where: where})}
}

func TestAStopAtAnAgentIsPackedForSomebodyElse(t *testing.T) {
	t.Parallel()
	inBubble(t, faulty("a1", fault.AgentNeverRegisters), func(l *lab) {
		e := l.run("apply", "--yes")
		l.want(e, exitStopped)
		u := l.packed(e, "a1")
		run := l.state().Run
		u.has(t, "README.txt", "FAILURE PACK of a1, run "+run+" of cluster sim\n", "step      general/a1/return\n", "see first events.jsonl", "lane      began 20", "dcos-patch development", "node program ",
			"WHAT WAS PRINTED, at times of ", "\n\nSTOPPED ", `gate    "registered" on a1`, "wanted  ", "seen    ", "class   not-verified", "SAFE TO LEAVE: ", "next    1 "+l.typed("check a1 --wait")+"\n", l.typed("resume --run "+run)+"   (or, to leave a1 behind: "+l.typed("park a1 "),
			e.out[strings.Index(e.out, "\nSTOPPED "):strings.LastIndex(e.out, "  pack    ")],
			" plan.json\n", " node/survey.txt\n")
		u.has(t, "plan.json", `"id": "`+l.state().Plan.ID+`"`, "general/a1/return")
		u.has(t, "events.jsonl", `"kind":"run-started"`, `"kind":"run-stopped"`, `"kind":"observed"`, `"kind":"lane-admitted","stage":"general","node":"a1"`, `"step":"general/a1/patch"`)
		u.lacks(t, "events.jsonl", "general/a2/", `"node":"a2","detail"`, `"crc"`, `"plan":`)
		u.has(t, "believed.json", `"phase": "failed"`, `"step": "general/a1/return"`, `"class": "not-verified"`, `"safe_to_leave": `)
		u.has(t, "node/receipts.txt", "attempt 1\n", "run="+run+"\n", "state exit:0\n")
		u.has(t, "node/survey.txt", "version 2.1.1\n", "role slave\n")
		u.has(t, "node/output.txt", "Upgrading DC/OS agent 2.1.0 -> 2.1.1\n")
		u.has(t, "node/units.txt", "Id=dcos-mesos-slave.service\n")
		u.has(t, "node/patch-unit.txt", "Id=dcos-patch-"+l.state().Plan.Script.SHA256[:12]+"-1.service\n")
		u.has(t, "node/log-dcos-mesos-slave.service.txt", "# journal of dcos-mesos-slave.service\n", "dcos-mesos-slave.service: active")
		u.has(t, "node/log-dcos-setup.service.txt", "-- No entries --")
		u.has(t, "node/resources.txt", "MemAvailable: ", "# df -Pk\n")
		takes, err := flight.Decode("pack", []byte(u["samples/"+flight.Name("general/a1/return")]))
		if err != nil || len(takes) == 0 || len(takes[0].Samples) == 0 || takes[0].Began.Node != "a1" {
			t.Errorf("samples: %d takes, %v", len(takes), err)
		}
		for name := range u {
			if strings.Contains(name, "a2") {
				t.Errorf("%s is of another node", name)
			}
		}
		if st := l.run("status"); !strings.HasSuffix(st.out, "  pack    "+l.packs()[0]+"\n") {
			t.Errorf("status: %s", st)
		}
		if st := l.run("-o", "json", "status"); !strings.Contains(st.out, `"pack":"`+l.packs()[0]+`"`) {
			t.Errorf("status: %s", st)
		}
		l.private()
	})
}

func TestAStopAtAMasterIsPackedWithItsExhibitor(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Seed: 1, Faults: simcluster.Faults{{What: fault.ExhibitorLatent, Where: "m1"}}}, func(l *lab) {
		e := l.run("apply", "--yes")
		l.want(e, exitStopped)
		u := l.packed(e, "m1")
		u.has(t, "README.txt", "node      m1, master, group masters, "+l.c.Address("m1"), `gate    "exhibitor" on m1`, "latent")
		u.has(t, "node/log-dcos-exhibitor.service.txt", "dcos-exhibitor.service: active")
		u.has(t, "node/log-dcos-mesos-master.service.txt", "dcos-mesos-master.service: ")
		u.has(t, "samples/"+flight.Name("masters/m1/serve"), "latent")
	})
}

func TestAFailedScriptAndASwapThatWasCutArePacked(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		what fault.Kind
		node string
		at   plan.Class
	}{
		"services that an agent's script did not start":    {fault.ScriptFailsStart, "a1", plan.NotStarted},
		"services that a master's script did not start":    {fault.ScriptFailsStart, "m1", plan.NotStarted},
		"an agent's swap that was cut":                     {fault.ScriptFailsMidSwap, "a1", plan.MidSwap},
		"a master's swap that was cut":                     {fault.ScriptFailsMidSwap, "m1", plan.MidSwap},
		"a master's script that failed before it did much": {fault.ScriptFailsBeforeSwap, "m1", plan.BeforeSwap},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opt := faulty(row.node, row.what)
			if row.node == "m1" {
				opt.Faults = simcluster.Faults{{What: row.what, Where: "m1"}}
			}
			inBubble(t, opt, func(l *lab) {
				e := l.run("apply", "--yes")
				l.want(e, exitStopped)
				u := l.packed(e, row.node)
				u.has(t, "README.txt", "class   "+string(row.at), "step      "+string(l.state().Stop.Step)+"\n")
				u.has(t, "believed.json", `"class": "`+string(row.at)+`"`)
				u.has(t, "node/receipts.txt", "state exit:1\n")
				u.has(t, "node/output.txt", "Upgrading DC/OS ")
				if midswap := strings.Contains(u["node/survey.txt"], "midswap\n"); midswap != (row.at == plan.MidSwap) {
					t.Errorf("midswap %v", midswap)
				}
			})
		})
	}
}

func TestANodeInDoubtIsPacked(t *testing.T) {
	t.Parallel()
	inBubble(t, faulty("a1", fault.ScriptHangs), func(l *lab) {
		e := l.run("apply", "--yes")
		l.want(e, exitInDoubt)
		u := l.packed(e, "a1")
		u.has(t, "README.txt", "IN DOUBT ", "step      general/a1/patch\n", "reason    in-doubt: ")
		u.has(t, "node/receipts.txt", "state running\n")
		u.has(t, "node/patch-unit.txt", "ActiveState=active\n")
	})
}

// A pack is no reason to wait long, nor to end otherwise.
func TestANodeOutOfReachIsPackedWithoutItsWord(t *testing.T) {
	t.Parallel()
	for name, opt := range map[string]simcluster.Options{"it is off": faulty("a1", fault.NodeNeverReturns), "it is silent": silent("a1")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, opt, func(l *lab) {
				c := l.controller()
				var stopped time.Time
				c.wrote = func(line string) {
					if strings.Contains(line, "SAFE TO LEAVE") {
						stopped = time.Now()
					}
				}
				e := c.run("apply", "--yes")
				l.want(e, exitStopped)
				u := l.packed(e, "a1")
				if took := time.Since(stopped); stopped.IsZero() || took > pack.Timeout+5*time.Second {
					t.Errorf("packing took %s", took)
				}
				u.has(t, "README.txt", "STOPPED ", "none  node/: the node was not reached within 20s: ")
				u.has(t, "events.jsonl", `"kind":"run-stopped"`)
				for name := range u {
					if strings.HasPrefix(name, "node/") {
						t.Errorf("%s: nobody can have said that", name)
					}
				}
			})
		})
	}
}

func TestAFullDiskOfTheControllerCostsThePackAndNothingElse(t *testing.T) {
	t.Parallel()
	inBubble(t, faulty("a1", fault.AgentNeverRegisters), func(l *lab) {
		c := l.controller()
		c.wrote = func(string) { // the pack is written through it
			dir := l.store().Dir
			if runs, err := l.store().Runs(); err == nil && len(runs) == 1 {
				_ = os.Symlink("/dev/full", filepath.Join(dir, runs[0], "a1.tar.gz.tmp"))
			}
		}
		e := c.run("apply", "--yes")
		l.want(e, exitStopped)
		if want := "dcos-patch: no failure pack of a1, which changes nothing else: writing a1.tar.gz: write "; !strings.HasPrefix(e.err, want) || !strings.Contains(e.err, "no space left on device\n") || strings.Count(e.err, "\n") != 1 {
			t.Errorf("%q", e.err)
		}
		if strings.Contains(e.out, "  pack  ") || !strings.Contains(e.out, "SAFE TO LEAVE: ") || len(l.packs()) != 0 {
			t.Errorf("%s\n%q", e, l.packs())
		}
	})
}

// mostPacks is how many packs of one node a run keeps.
const mostPacks = 9

func packName(i int) string { return fmt.Sprintf("a1.%d.tar.gz", i+1) }

func TestEveryStopAtANodeHasItsOwnPack(t *testing.T) {
	t.Parallel()
	inBubble(t, faulty("a1", fault.AgentNeverRegisters), func(l *lab) {
		l.want(l.run("apply", "--yes"), exitStopped)
		dir := filepath.Dir(l.journal())
		first := l.read(filepath.Join(dir, "a1.tar.gz"))
		for i, name := range []string{"a1.2.tar.gz", "a1.3.tar.gz"} {
			e := l.run("resume")
			l.want(e, exitStopped)
			if !strings.HasSuffix(e.out, "  pack    "+filepath.Join(dir, name)+"\n") || len(l.packs()) != i+2 {
				t.Errorf("%s\n%q", e, l.packs())
			}
		}
		if !bytes.Equal(first, l.read(filepath.Join(dir, "a1.tar.gz"))) {
			t.Error("the first pack was written over")
		}
		for i := 4; i <= mostPacks; i++ { // as if it had stopped so often
			l.rewriteNew(filepath.Join(dir, packName(i-1)), nil)
		}
		e := l.run("resume")
		l.want(e, exitStopped)
		last := filepath.Join(dir, packName(mostPacks-1))
		if !strings.HasSuffix(e.out, "  pack    "+last+"\n") || len(l.packs()) != mostPacks {
			t.Errorf("%s\n%q", e, l.packs())
		}
		l.unpack(last).has(t, "README.txt", "FAILURE PACK of a1")
		if st := l.run("status"); !strings.HasSuffix(st.out, "  pack    "+last+"\n") {
			t.Errorf("status: %s", st)
		}
	})
}

func (l *lab) rewriteNew(file string, content []byte) {
	l.Helper()
	if err := os.WriteFile(file, content, 0o600); err != nil {
		l.Fatal(err)
	}
}

func TestASecretThatANodeShowsIsNotPacked(t *testing.T) {
	t.Setenv("LAB_SUDO", sudoCanary)
	opt := faulty("a1", fault.AgentNeverRegisters)
	opt.SudoPassword = sudoCanary
	inBubble(t, opt, func(l *lab) {
		l.secretive()
		l.c.SetFile("a1", "/var/log/journal/dcos-setup.service", []byte("somebody typed "+sudoCanary+" here\x1b[31m\n"))
		e := l.run("apply", "--yes")
		l.want(e, exitStopped)
		u := l.packed(e, "a1")
		u.has(t, "node/log-dcos-setup.service.txt", "somebody typed ••• here\x1b[31m\n")
		for name, body := range u {
			if strings.Contains(body, "CANARY") {
				t.Errorf("%s shows the secret", name)
			}
		}
		if strings.ContainsRune(u["README.txt"], '\x1b') {
			t.Error("the README has an escape sequence in it")
		}
	})
}

func TestAnInterruptEndsTheAskingAndNotThePack(t *testing.T) {
	t.Parallel()
	inBubble(t, silent("a1"), func(l *lab) {
		c := l.controller()
		var stopped time.Time
		c.wrote = func(line string) {
			if strings.Contains(line, "SAFE TO LEAVE") {
				stopped = time.Now()
				c.heard <- os.Interrupt
			}
		}
		e := c.run("apply", "--yes")
		l.want(e, exitStopped)
		l.packed(e, "a1").has(t, "README.txt", "none  node/: the node was not reached")
		if took := time.Since(stopped); took > pack.Timeout/2 {
			t.Errorf("it went on asking for %s", took)
		}
	})
}

// silent is a cluster of which an agent answers nothing once it is patched.
func silent(agent string) simcluster.Options {
	opt := faulty(agent, fault.SSHSilent)
	opt.Faults[len(opt.Faults)-1].When = simcluster.WhenDown
	return opt
}

// readmeNames are the files that a README says to look into.
func (u unpacked) readmeNames() []string {
	_, line, _ := strings.Cut(u["README.txt"], "see first ")
	line, _, _ = strings.Cut(line, "\n")
	return regexp.MustCompile(`[a-z]+(/[a-z-]+)?\.[a-z]+|\b[a-z]+/`).FindAllString(line, -1)
}

func TestWhyAFetchFailedIsShownAndPacked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what  fault.Kind
		after time.Duration
		says  string
	}{
		{what: fault.ScriptFailsFetch, says: "ERROR: Unable to fetch package"},
		{fault.DiskFull, 12 * time.Second, "No space left on device; pkgpanda fetch: exit code 1; 0 kB and 1310720 inodes are free at /opt/mesosphere"},
	} {
		opt := faulty("a1", c.what)
		opt.Faults[len(opt.Faults)-1].After = c.after
		inBubble(t, opt, func(l *lab) {
			e := l.run("apply", "--yes")
			l.want(e, exitStopped)
			because := regexp.MustCompile(`(?m)^  because .*$`).FindString(e.out)
			if !strings.Contains(because, c.says) || strings.Contains(because, "dcos-image--") {
				l.Errorf("%s: shown is %q", c.what, because)
			}
			u := l.packed(e, "a1")
			u.has(t, "node/failed-commands.txt", " fetch ", "exit code 1", strings.ReplaceAll(c.says, "device; ", "device\n"))
			names := u.readmeNames()
			if len(names) == 0 || names[0] != "node/failed-commands.txt" {
				l.Errorf("%s: to look into first: %q\n%s", c.what, names, u["README.txt"])
			}
			for _, name := range names {
				inIt := slices.ContainsFunc(slices.Collect(maps.Keys(u)), func(have string) bool { return strings.HasPrefix(have, name) })
				if !inIt {
					l.Errorf("%s: the README names %s, which is not in it", c.what, name)
				}
			}
		})
	}
}

// The stop says how much room there is where something was to be written.
func TestAFullDiskIsToldAsSuch(t *testing.T) {
	t.Parallel()
	opt := faulty("a1", fault.DiskFull)
	opt.Faults[len(opt.Faults)-1].After = 600 * time.Millisecond
	inBubble(t, opt, func(l *lab) {
		e := l.run("apply", "--yes")
		l.want(e, exitStopped)
		if because := regexp.MustCompile(`(?m)^  because .*$`).FindString(e.out); !strings.Contains(because, "No space left on device; cannot write below /var/lib/dcos-patch; 0 kB and 1310720 inodes are free at ") {
			l.Errorf("shown is %q\n%s", because, e.out)
		}
	})
}
