//go:build unix

package inventory_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
)

func TestWhatIsNoFileOfTextIsRefusedSoon(t *testing.T) {
	dir := t.TempDir()
	at := func(name string, data []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip("no pipes here")
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte("version: 1\n"))
	_ = z.Close()
	for _, c := range []struct{ path, says string }{
		{"/dev/zero", "is a device"},
		{"/dev/null", "is a device"},
		{dir, "is a directory"},
		{pipe, "is a pipe that nobody writes into"},
		{"-", "is standard input"},
		{at("huge", make([]byte, 17<<20)), "is longer than 16 MB"},
		{at("inventory.yaml.gz", zipped.Bytes()), "is compressed with gzip; unpack it first"},
		{at("utf16", []byte("\xff\xfev\x00")), "is UTF-16; save it as UTF-8"},
		{at("x.xz", []byte("\xfd7zXZ\x00\x00")), "is compressed with xz"},
		{filepath.Join(dir, "none"), "no such file"},
	} {
		began := time.Now()
		_, err := inventory.Load(c.path)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", c.path, err, c.says)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s took %s", c.path, took)
		}
	}
}

// The output of a command may be an inventory, too.
func TestAPipeWithAWriterIsRead(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	name := fmt.Sprintf("/proc/self/fd/%d", r.Fd()) // as a shell names what <(command) writes
	if _, err := os.Stat(name); err != nil {
		t.Skip("no /proc here")
	}
	if _, err := w.WriteString("version: 1\n"); err != nil {
		t.Fatal(err)
	}
	w.Close()
	data, err := inventory.ReadFile(name)
	if err != nil || string(data) != "version: 1\n" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestAScriptIsReadOverHTTPAlone(t *testing.T) {
	for url, fine := range map[string]bool{"file:///opt/genconf/serve/x.sh": false, "FILE:///x.sh": false, "http://b/x.sh": true, "https://b/x.sh": true} {
		_, err := inventory.Parse("inventory.yaml", []byte("version: 1\ncluster: {name: c, id: 3f0c1e2a-77d0-4c1b-9a55-0e6f2f1b8d11}\nmasters: [{name: m1, address: 10.0.0.1}]\ntarget: {url: \""+url+"\", from: 2.1.0, to: 2.1.1}\n"), nil)
		if (err == nil) != fine || err != nil && !strings.Contains(err.Error(), "is a file, and the script is read over HTTP") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestNamesThatStandForNoNodeAreNoNamesOfNodes(t *testing.T) {
	for name, fine := range map[string]bool{"cluster": false, "Cluster": false, "none": false, "cluster1": true, "masters": true} {
		_, err := inventory.Parse("inventory.yaml", []byte("version: 1\ncluster: {name: c, id: 3f0c1e2a-77d0-4c1b-9a55-0e6f2f1b8d11}\nmasters: [{name: "+name+", address: 10.0.0.1}]\n"), nil)
		if (err == nil) != fine || err != nil && !strings.Contains(err.Error(), "stands for no node") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
