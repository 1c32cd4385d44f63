package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// canary is a secret that is planted, and looked for in everything that a run
// leaves behind.
const canary = "CANARY-7f3a91"

// leaks names every place that shows one of the secrets: what was printed, the
// state directories, with what is in packs, every file of every node, and, where they are recorded, every command line
// and what was sent to commands, but for the answer to sudo's question.
func (l *lab) leaks(said []ended, secrets ...string) []string {
	l.Helper()
	var found []string
	seen := 0
	look := func(where string, content []byte) {
		seen++
		for _, secret := range secrets {
			if bytes.Contains(content, []byte(secret)) {
				found = append(found, where)
			}
		}
	}
	for _, e := range said {
		look("standard output", []byte(e.out))
		look("standard error", []byte(e.err))
	}
	for _, dir := range []string{"state", "elsewhere"} {
		err := filepath.WalkDir(filepath.Join(l.dir, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			look(path, b)
			if strings.HasSuffix(path, ".tar.gz") {
				files, _, bad := untar(b)
				for name, body := range files {
					look(path+": "+name, []byte(body))
				}
				err = errors.Join(err, bad)
			}
			return err
		})
		if err != nil && !os.IsNotExist(err) {
			l.Fatal(err)
		}
	}
	for _, h := range l.c.Heard() {
		look(h.Node+" sees the command line", []byte(h.Line))
		look(h.Node+" is sent, for "+h.Line, []byte(h.Stdin))
	}
	for _, role := range []dcos.Role{dcos.Master, dcos.PrivateAgent, dcos.PublicAgent} {
		for _, node := range l.c.Names(role) {
			for _, file := range l.c.Files(node, "/") {
				content, _ := l.c.File(node, file)
				look(node+":"+file, content)
			}
		}
	}
	if seen < 2*len(said)+50 {
		l.Fatalf("only %d places were searched: nothing is shown", seen)
	}
	return found
}

// keyLines are the lines of a private key file.
func keyLines(t *testing.T, key []byte) []string {
	t.Helper()
	var lines []string
	for line := range strings.Lines(string(key)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "-----") {
			lines = append(lines, line)
		}
	}
	if len(lines) < 2 {
		t.Fatal("the key has no lines")
	}
	return lines
}

func TestASecretInAURLIsRefusedAndShownNowhere(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(url string) string{
		"a password":       func(url string) string { return strings.Replace(url, "://", "://ops:"+canary+"@", 1) },
		"a token":          func(url string) string { return url + "?token=" + canary },
		"a presigned link": func(url string) string { return url + "?X-Amz-Signature=" + canary },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, simcluster.Options{Seed: 1}, func(l *lab) {
				l.edit(func(inv string) string { return strings.ReplaceAll(inv, l.c.ScriptURL(), change(l.c.ScriptURL())) })
				said := []ended{l.run("plan"), l.run("apply", "--yes")}
				for _, e := range said {
					if e.code == exitDone {
						l.Errorf("it was taken: %s", e)
					}
				}
				for _, where := range l.leaks(said, canary) {
					l.Errorf("%s shows the secret", where)
				}
			})
		})
	}
}
