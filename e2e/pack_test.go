//go:build e2e

package e2e

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// wantPacked fails unless the run has left one failure pack, of this node, in
// which a real node has answered everything.
func wantPacked(t *testing.T, c controller, name string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(c.state, "dcos-patch", "*", "*", "*.tar.gz"))
	if err != nil || len(paths) != 1 || filepath.Base(paths[0]) != name+".tar.gz" {
		t.Fatalf("failure packs: %q, %v; want one of %s", paths, err, name)
	}
	b, err := os.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	files, err := unpacked(b)
	if err != nil {
		t.Fatalf("%s: %v", paths[0], err)
	}
	for file, want := range map[string]string{
		"README.txt":                               "\n\nSTOPPED ",
		"plan.json":                                `"stages"`,
		"events.jsonl":                             `"kind":"run-stopped"`,
		"believed.json":                            `"phase": "failed"`,
		"node/survey.txt":                          "role master\n",
		"node/receipts.txt":                        "state exit:",
		"node/output.txt":                          "\n",
		"node/units.txt":                           "Id=dcos-exhibitor.service\n",
		"node/log-dcos-exhibitor.service.txt":      "systemd[1]: Started",
		"node/log-patch.txt":                       "systemd[1]: Started",
		"node/resources.txt":                       "MemAvailable:",
		"samples/masters+" + name + "+serve.jsonl": "latent",
	} {
		if !strings.Contains(files[file], want) {
			t.Errorf("the pack's %s lacks %q:\n%.2000s", file, want, files[file])
		}
	}
	readme := strings.ReplaceAll(files["README.txt"], "     none  node/failed-commands.txt:", "")
	if strings.Contains(readme, "     none  node/") {
		t.Errorf("the node has not answered everything:\n%s", files["README.txt"])
	}
}

// unpacked is what a pack holds, by the names below its directory.
func unpacked(b []byte) (map[string]string, error) {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		_, name, _ := strings.Cut(h.Name, "/")
		body, err := io.ReadAll(r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", h.Name, err)
		}
		files[name] = string(body)
	}
}
