package node_test

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/proof"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/node/nodetest"
)

const finishSHA = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

// cutBench is an agent whose script ended with its swap cut at a position.
func cutBench(t *testing.T, position int) *bench {
	t.Helper()
	b := newBench(t)
	b.cuts = true
	attempt := "var/lib/dcos-patch/receipts/" + finishSHA + "/1/"
	b.mkdir(t, attempt+"begun")
	b.write(t, attempt+"started", "run=run-1\nepoch=3\n", 0o600)
	b.write(t, attempt+"exit", "137 1795294060\n", 0o600)
	b.write(t, "var/lib/dcos-patch/epoch", "3\n", 0o600)
	b.write(t, "var/lib/dcos-patch/claim", "3 run-1\n", 0o600)
	b.Set(t, nodetest.Node{Role: dcos.PrivateAgent, Version: "2.1.0", Active: []string{"dcos-config--setup_1", "mesos--1"}, Fetched: nodetest.Target().Packages})
	b.Set(t, nodetest.Node{Cut: position})
	return b
}

func finishOn(t *testing.T, b *bench) error {
	t.Helper()
	up, err := node.ReadUptime(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return node.FinishSwap(t.Context(), b, node.Swap{Claim: node.Claim{Epoch: 3, Run: "run-1", Owner: "ops@host"}, SHA256: finishSHA,
		Packages: nodetest.Target().Packages, Until: node.Deadline{BootID: up.BootID, Uptime: 999999999}})
}

// finished says what is not as it must be once a swap is finished.
func finished(t *testing.T, b *bench) string {
	t.Helper()
	s, err := node.TakeSurvey(t.Context(), b)
	switch {
	case err != nil:
		return err.Error()
	case s.MidSwap || s.Version != "2.1.1" || !dcos.SamePackages(s.Active, nodetest.Target().Packages):
		return fmt.Sprintf("mid-swap %v (%s), version %s, active %v", s.MidSwap, s.CutSwap, s.Version, s.Active)
	}
	for _, u := range nodetest.Target().Units {
		if !b.exists("etc/systemd/system/"+u) || b.exists("etc/systemd/system/"+u+".unit.new") {
			return "unit file " + u + " is not in place"
		}
	}
	if called := b.read(t, "run/systemctl"); !strings.HasSuffix(called, "daemon-reload\nenable --no-reload dcos.target\nstart --no-block dcos.target\n") {
		return "systemctl was called with " + called
	}
	r, err := node.Receipts(t.Context(), b, finishSHA)
	if err != nil || len(r) != 1 || r[0].Finish != node.FinishDone {
		return fmt.Sprintf("receipts %+v, %v", r, err)
	}
	return ""
}

// The program is killed before each of its own operations, and called again.
func TestFinishingASwapMayBeCutAnywhere(t *testing.T) {
	for _, position := range []int{3, 20} {
		b := cutBench(t, position)
		if err := finishOn(t, b); err != nil {
			t.Fatalf("position %d: %v", position, err)
		}
		operations, err := strconv.Atoi(strings.TrimSpace(b.read(t, "run/operations")))
		if err != nil || operations < 8 {
			t.Fatalf("position %d: %d operations, %v", position, operations, err)
		}
		if wrong := finished(t, b); wrong != "" {
			t.Fatalf("position %d: %s", position, wrong)
		}
		step := proof.Of(7, 1)
		for n := 1; n <= operations; n++ {
			if n%step != 2%step && n != operations { // the last one is where all but the record is done
				continue
			}
			t.Run(fmt.Sprintf("position %d, operation %d of %d", position, n, operations), func(t *testing.T) {
				t.Parallel()
				b := cutBench(t, position)
				b.write(t, "run/cut-before", strconv.Itoa(n), 0o644)
				if err := finishOn(t, b); err == nil {
					t.Fatal("it was not cut")
				}
				if err := os.Remove(b.path("run/cut-before")); err != nil {
					t.Fatal(err)
				}
				if err := finishOn(t, b); err != nil {
					t.Fatal(err)
				}
				if wrong := finished(t, b); wrong != "" {
					t.Error(wrong)
				}
			})
		}
	}
}

func TestWhatIsNotTheWholeNewSetIsLeftAlone(t *testing.T) {
	for name, spoil := range map[string]func(b *bench){
		"a part of the new set is missing":         func(b *bench) { _ = os.RemoveAll(b.path("opt/mesosphere/lib.new")) },
		"a part is there twice":                    func(b *bench) { b.mkdir(t, "opt/mesosphere/etc"); b.mkdir(t, "opt/mesosphere/etc.new") },
		"install_progress is of another extension": func(b *bench) { b.write(t, dcos.InstallProgress, `{"extension": ".v2", "stage": "move_new"}`, 0o644) },
		"install_progress cannot be read":          func(b *bench) { b.write(t, dcos.InstallProgress, "", 0o644) },
	} {
		t.Run(name, func(t *testing.T) {
			b := cutBench(t, 17)
			spoil(b)
			before, err := node.TakeSurvey(t.Context(), b)
			if err != nil {
				t.Fatal(err)
			}
			var refused *node.RefusedError
			if err := finishOn(t, b); !errors.As(err, &refused) || refused.Word != node.RefusedSwap {
				t.Errorf("%v, want a refusal", err)
			}
			after, err := node.TakeSurvey(t.Context(), b)
			if err != nil || after.CutSwap.String() != before.CutSwap.String() || b.exists("run/systemctl") {
				t.Errorf("%s, before %s; %v; systemctl %s", after.CutSwap, before.CutSwap, err, b.read(t, "run/systemctl"))
			}
		})
	}
}
