package conformance

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"testing"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

var files = map[string]func(*testing.T, World){
	"a file is put with its content and mode, also over an old one": func(t *testing.T, w World) {
		need(t, w.Stat != nil && w.Dir != "", "look at files")
		c := w.connect(t, w.Target)
		dst := path.Join(w.Dir, "put file")
		w.put(t, c, sshexec.PutFile{Content: pattern(300_000), Dst: dst, Mode: 0o640})
		w.put(t, c, sshexec.PutFile{Content: []byte("shorter"), Dst: dst, Mode: 0o755})
		w.put(t, c, sshexec.PutFile{Content: nil, Dst: dst, Mode: 0o600})
	},
	"the caller's own installer is used": func(t *testing.T, w World) {
		need(t, w.Stat != nil && w.Dir != "", "look at files")
		c := w.connect(t, w.Target)
		dst := path.Join(w.Dir, "installed")
		w.put(t, c, sshexec.PutFile{Content: []byte("x"), Dst: dst, Mode: 0o400, Install: func(tmp string) sshexec.Cmd {
			return sshexec.Cmd{Argv: []string{"install", "-m", "0400", tmp, dst}, Sudo: true}
		}})
	},
	"an installer that fails leaves no file and says so": func(t *testing.T, w World) {
		need(t, w.Stat != nil && w.Dir != "", "look at files")
		c := w.connect(t, w.Target)
		dst := path.Join(w.Dir, "missing", "file")
		err := c.Put(limited(t), sshexec.PutFile{Content: []byte("x"), Dst: dst, Mode: 0o600})
		wantAs[*sshexec.ExitError](t, err)
		if _, _, err := w.Stat(dst); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v, want that it does not exist", dst, err)
		}
	},
	"a file is put where there is no SFTP": func(t *testing.T, w World) {
		need(t, w.NoSFTP != nil && w.Stat != nil && w.Dir != "", "refuse SFTP")
		c := w.connect(t, *w.NoSFTP)
		w.put(t, c, sshexec.PutFile{Content: pattern(300_000), Dst: path.Join(w.Dir, "without"), Mode: 0o640})
	},
}

// put puts a file and looks whether it is there.
func (w World) put(t *testing.T, c *sshexec.Conn, f sshexec.PutFile) {
	t.Helper()
	if err := c.Put(limited(t), f); err != nil {
		t.Fatal(err)
	}
	content, mode, err := w.Stat(f.Dst)
	if err != nil || !bytes.Equal(content, f.Content) || mode.Perm() != f.Mode {
		t.Errorf("%d bytes, mode %v, %v; want the %d that were put, mode %v", len(content), mode, err, len(f.Content), f.Mode)
	}
}
