package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

var update = flag.Bool("update", false, "rewrite examples/*/plan.golden")

// TestEveryExampleMakesItsGoldenPlan is what `plan --offline facts.json` prints
// on a fixed day: exclusions end, and goldens shall not.
func TestEveryExampleMakesItsGoldenPlan(t *testing.T) {
	today := time.Date(2026, 11, 21, 22, 0, 0, 0, time.UTC)
	dirs, err := filepath.Glob(filepath.Join("..", "..", "examples", "*", "inventory.yaml"))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no examples found: %v", err)
	}
	for _, file := range dirs {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			inv, err := loadInventory(file)
			if err != nil {
				t.Fatal(err)
			}
			facts, err := controller.ReadFacts(filepath.Join(dir, "facts.json"))
			if err != nil {
				t.Fatal(err)
			}
			p, err := plan.Build(plan.Input{Inventory: inv, Facts: facts, Today: today})
			if err != nil {
				var why bytes.Buffer
				(&app{}).explain(&why, err)
				t.Fatal(why.String())
			}
			var got bytes.Buffer
			if err := render.Plan(&got, p); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join(dir, "plan.golden")
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")); diff != "" {
				t.Errorf("the plan has changed; go test ./cmd/dcos-patch -run Example -update rewrites it:\n%s", diff)
			}
		})
	}
}
