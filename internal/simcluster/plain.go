package simcluster

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// command is one call of a plain command.
type command struct {
	n     *node
	line  string
	uid   int
	args  []string
	stdin []byte
}

// plainCommands are the commands besides the node program.
func plainCommands() map[string]func(command) reply {
	return map[string]func(command) reply{
		"true":      func(command) reply { return reply{} },
		"false":     func(command) reply { return reply{code: 1} },
		"echo":      func(c command) reply { return says("%s\n", strings.Join(c.args, " ")) },
		"printf":    printf,
		"cat":       cat,
		"sleep":     sleep,
		"id":        id,
		"mktemp":    mktemp,
		"sha256sum": sha256sum,
		"rm":        rm,
		"exit":      exit,
		"install":   installFile,
		"tee":       tee,
		"df":        df,
	}
}

// printf knows the format %s only.
func printf(c command) reply {
	if len(c.args) != 2 || c.args[0] != "%s" {
		return c.n.unknownCommand(c.line)
	}
	return says("%s", c.args[1])
}

func exit(c command) reply {
	if len(c.args) != 1 {
		return c.n.unknownCommand(c.line)
	}
	code, err := strconv.Atoi(c.args[0])
	if err != nil || code < 0 || code > 255 {
		return c.n.unknownCommand(c.line)
	}
	return reply{code: code}
}

func cat(c command) reply {
	if len(c.args) == 0 {
		return reply{out: string(c.stdin)}
	}
	var out strings.Builder
	for _, p := range c.args {
		data, ok := c.n.tree.read(p)
		if !ok || !c.n.mayRead(p, c.uid) {
			return reply{out: out.String(), err: "cat: " + p + ": No such file or directory\n", code: 1}
		}
		out.Write(data)
	}
	return reply{out: out.String()}
}

// mayRead: the program's directory is for root only.
func (n *node) mayRead(p string, uid int) bool {
	return uid == 0 || !strings.HasPrefix(p, programDir+"/")
}

// sleep takes real, unscaled seconds: it is there for the tests of SSH.
func sleep(c command) reply {
	if len(c.args) != 1 {
		return c.n.unknownCommand(c.line)
	}
	secs, err := strconv.ParseFloat(c.args[0], 64)
	if err != nil || secs < 0 {
		return fails(1, "sleep: invalid time interval '%s'", c.args[0])
	}
	return reply{wait: time.Duration(secs / c.n.c.opt.TimeScale * float64(time.Second))}
}

func id(c command) reply {
	if len(c.args) != 1 || c.args[0] != "-u" {
		return c.n.unknownCommand(c.line)
	}
	return says("%d\n", c.uid)
}

func mktemp(c command) reply {
	if len(c.args) != 2 || c.args[0] != "-d" {
		return c.n.unknownCommand(c.line)
	}
	p, n := c.args[1], c.n
	stem := strings.TrimRight(p, "X")
	if len(p)-len(stem) < 3 || !n.tree.mayWrite(p, c.uid) {
		return fails(1, "mktemp: failed to create directory via template '%s'", p)
	}
	for {
		n.pids++
		name := stem + strings.ReplaceAll(n.c.uuid(fmt.Sprint("mktemp ", n.name, n.pids)), "-", "")[:len(p)-len(stem)]
		if !n.tree.exists(name) {
			n.tree.mkdir(name, 0o700, c.uid)
			return says("%s\n", name)
		}
	}
}

func sha256sum(c command) reply {
	var r reply
	for _, p := range c.args {
		if p == "--" {
			continue
		}
		data, ok := c.n.tree.read(p)
		if !ok || !c.n.mayRead(p, c.uid) {
			r.err += "sha256sum: " + p + ": No such file or directory\n"
			r.code = 1
			continue
		}
		sum := sha256.Sum256(data)
		r.out += hex.EncodeToString(sum[:]) + "  " + p + "\n"
	}
	return r
}

// rm knows -r, -f and -rf, and refuses what the user may not remove.
func rm(c command) reply {
	force, recursive := false, false
	for _, p := range c.args {
		if strings.HasPrefix(p, "-") {
			force = force || strings.Contains(p, "f")
			recursive = recursive || strings.Contains(p, "r")
			continue
		}
		n := c.n.tree.get(p)
		switch {
		case n == nil && force:
		case n == nil:
			return fails(1, "rm: cannot remove '%s': No such file or directory", p)
		case n.mode&fs.ModeDir != 0 && !recursive:
			return fails(1, "rm: cannot remove '%s': Is a directory", p)
		case !c.n.tree.mayWrite(p, c.uid):
			return fails(1, "rm: cannot remove '%s': Permission denied", p)
		default:
			c.n.tree.remove(p)
		}
	}
	return reply{}
}

// installFile knows "install -m MODE FILE DST".
func installFile(c command) reply {
	if len(c.args) != 4 || c.args[0] != "-m" {
		return c.n.unknownCommand(c.line)
	}
	mode, err := strconv.ParseUint(c.args[1], 8, 12)
	src, dst := c.args[2], c.args[3]
	data, ok := c.n.tree.read(src)
	dir := c.n.tree.get(path.Dir(dst))
	switch {
	case err != nil:
		return fails(1, "install: invalid mode '%s'", c.args[1])
	case !ok || !c.n.mayRead(src, c.uid):
		return fails(1, "install: cannot stat '%s': No such file or directory", src)
	case dir == nil:
		return fails(1, "install: cannot create regular file '%s': No such file or directory", dst)
	case !c.n.tree.mayWrite(dst, c.uid):
		return fails(1, "install: cannot create regular file '%s': Permission denied", dst)
	}
	c.n.tree.write(dst, bytes.Clone(data), fs.FileMode(mode)).uid = c.uid
	return reply{}
}

// freeInodes are free on every simulated file system, full or not.
const freeInodes = 1310720

// df knows -Pk and -Pi, of one place.
func df(c command) reply {
	if len(c.args) != 2 || c.args[0] != "-Pk" && c.args[0] != "-Pi" {
		return c.n.unknownCommand(c.line)
	}
	if c.args[0] == "-Pi" {
		return says("Filesystem      Inodes  IUsed   IFree IUse%% Mounted on\n/dev/vda1      2621440 1310720 %d   50%% /\n", freeInodes)
	}
	kind := fault.DiskLow
	if c.args[1] == "/tmp" {
		kind = fault.TmpLow
	}
	free := c.n.room(kind)
	return says("Filesystem     1024-blocks     Used Available Capacity Mounted on\n/dev/vda1         83886080 %d %d 50%% /\n", 83886080-free, free)
}

func tee(c command) reply {
	if len(c.args) != 1 || !c.n.tree.mayWrite(c.args[0], c.uid) {
		return fails(1, "tee: Permission denied")
	}
	c.n.tree.write(c.args[0], bytes.Clone(c.stdin), 0o644).uid = c.uid
	return reply{out: string(c.stdin)}
}
