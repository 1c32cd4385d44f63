package node

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

// Belongings are what runs have left on a node besides receipts, epoch and
// lock.
type Belongings struct {
	Programs []string  // names of installed programs, below Dir/bin
	Scripts  []string  // SHA-256 of the node patch scripts below Dir/scripts
	Runs     []string  // names of runs that have a directory below Dir/runs
	Files    []RunFile // in those directories
	Uploads  []Upload  // private directories of the login user
}

// RunFile is a copy of one file of a run.
type RunFile struct {
	Run, Name string
	Bytes     int64
	Age       time.Duration // since its last change, by the node's own clock
}

// Upload is a directory that a Put has not removed, or not yet.
type Upload struct {
	Path string
	Age  time.Duration // likewise
}

// Ours asks for them.
func Ours(ctx context.Context, h Host) (Belongings, error) {
	b, err := Read(ctx, h, "ours")
	if err != nil {
		return Belongings{}, err
	}
	return ParseBelongings(b)
}

// ParseBelongings reads the lines of "ours". An error comes with the zero
// Belongings.
func ParseBelongings(b []byte) (Belongings, error) {
	var all Belongings
	for line := range strings.Lines(string(b)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), " ")
		if err := all.take(f[0], f[1:]); err != nil {
			return Belongings{}, fmt.Errorf("ours: line %.80q: %w", line, err)
		}
	}
	return all, nil
}

func (b *Belongings) take(key string, f []string) error {
	want := map[string]int{"program": 1, "script": 1, "run": 2, "file": 4, "upload": 2}[key]
	if want == 0 || len(f) != want {
		return errors.New("unknown, or not whole")
	}
	for _, s := range f {
		if s == "" {
			return errors.New("an empty word")
		}
	}
	if key != "upload" && !isName(f[0]) || key == "file" && !isName(f[1]) {
		return errors.New("a name that is not ours")
	}
	switch key {
	case "program":
		b.Programs = append(b.Programs, f[0])
	case "script":
		b.Scripts = append(b.Scripts, f[0])
	case "run":
		b.Runs = append(b.Runs, f[0])
		_, err := ageOf(f[1])
		return err
	case "file":
		n, err := strconv.ParseUint(f[2], 10, 62)
		if err != nil {
			return errors.New("want a number of bytes")
		}
		age, err := ageOf(f[3])
		b.Files = append(b.Files, RunFile{Run: f[0], Name: f[1], Bytes: int64(n), Age: age})
		return err
	case "upload":
		if !sshexec.IsPrivateDir(f[0]) { // it will be given to rm -rf
			return errors.New("not a directory that we make")
		}
		age, err := ageOf(f[1])
		b.Uploads = append(b.Uploads, Upload{Path: f[0], Age: age})
		return err
	}
	return nil
}

// isName is the shape of a run's name and of the names of its files: nothing
// that leads out of a directory.
func isName(s string) bool {
	for i, c := range s {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && (i == 0 || !strings.ContainsRune("._-", c)) {
			return false
		}
	}
	return s != ""
}

// RunLimit is how many bytes one call of ReadRun gives.
const RunLimit = 1 << 20

// ReadRun is a run's file from a byte offset on, at most RunLimit; less at its
// end only.
func ReadRun(ctx context.Context, h Host, run, file string, offset int64) ([]byte, error) {
	c := fromStdin([]string{"run", run, file, strconv.FormatInt(offset, 10)})
	c.Limit = RunLimit
	return answer(ctx, h, c)
}

// CopyCmd is the command that puts the file src, uploaded by the login user,
// at an offset of a file of the claim's run, which ends there afterwards. Its
// refusals are for Refusal to tell.
func CopyCmd(c Claim, file string, offset int64, src string) sshexec.Cmd {
	argv := append([]string{"/bin/sh", InstalledPath()}, c.argv("copy", file, strconv.FormatInt(offset, 10), src)...)
	return sshexec.Cmd{Argv: argv, Sudo: true, Limit: answerLimit}
}

// Sweep removes what runs have left on the node, the installed program too,
// and then the lock if the claim's run holds it. It gives the paths of the
// files that it removed. Receipts and the epoch stay.
func Sweep(ctx context.Context, h Host, c Claim) ([]string, error) {
	b, err := answer(ctx, h, fromStdin(c.argv("sweep")))
	if err != nil {
		return nil, err
	}
	var removed []string
	for line := range strings.Lines(string(b)) {
		path, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "removed ")
		if !ok {
			return nil, fmt.Errorf("sweep: line %.80q: want \"removed PATH\"", line)
		}
		removed = append(removed, path)
	}
	return removed, nil
}
