package inventory

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEveryExampleLoadsAndShowsAsItself(t *testing.T) {
	for example, nodes := range map[string]int{"minimal": 7, "production": 122, "air-gapped": 11} {
		t.Run(example, func(t *testing.T) {
			path := filepath.Join("..", "examples", example, "inventory.yaml")
			c, err := Load(path)
			if err != nil {
				t.Fatal(err)
			}
			if got := len(c.Nodes()); got != nodes {
				t.Errorf("%d nodes, want %d", got, nodes)
			}
			if c.Target.To != "2.1.1" || c.Target.SHA256 == "" {
				t.Errorf("target %+v is not the one of its file", c.Target)
			}
			for _, p := range append(c.SSH.KnownHosts, c.SSH.Identities...) {
				if !filepath.IsAbs(p) || strings.Contains(p, "~") {
					t.Errorf("path %q is not absolute", p)
				}
			}
			var shown bytes.Buffer
			if err := c.Show(&shown); err != nil {
				t.Fatal(err)
			}
			again, err := parse(source{name: path, dir: filepath.Dir(path), readFile: onDisk, home: noHome}, shown.Bytes())
			if err != nil {
				t.Fatalf("%v in\n%s", err, shown.String())
			}
			if diff := cmp.Diff(c, again); diff != "" {
				t.Errorf("what Show wrote loads to another inventory:\n%s", diff)
			}
		})
	}
}
