package simcluster

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// programDir is where the node program keeps its files: docs/node-program.md.
const programDir = "/var/lib/dcos-patch"

// Exit codes of the node program.
const (
	codeFailed  = 1
	codeUsage   = 64
	codeRefused = 70
)

// verb is one verb of the node program; args are what follows its name (for
// verbs that change something: what follows EPOCH RUN).
type verb struct {
	reads  bool // may come on standard input
	epoch  bool // EPOCH RUN come first
	min    int  // arguments besides
	max    int  // -1: any number
	action func(n *node, c claim, args []string) reply
}

// claim is who asks for a change.
type claim struct {
	epoch int
	run   string
}

func verbs() map[string]verb {
	return map[string]verb{
		"survey":       {reads: true, action: survey},
		"units":        {reads: true, min: 1, max: -1, action: showUnits},
		"checks":       {reads: true, min: 1, max: 1, action: showChecks},
		"cockroach":    {reads: true, action: showCockroach},
		"exhibitor":    {reads: true, action: showExhibitor},
		"receipt":      {reads: true, min: 1, max: 1, action: showReceipt},
		"output":       {reads: true, min: 3, max: 3, action: showOutput},
		"install":      {reads: true, min: 3, max: 3, action: install},
		"init":         {epoch: true, action: initDirs},
		"lock":         {epoch: true, min: 1, max: 1, action: lock},
		"unlock":       {epoch: true, action: unlock},
		"fetch":        {epoch: true, min: 3, max: -1, action: fetch},
		"launch":       {epoch: true, min: 4, max: 4, action: launch},
		"start-target": {epoch: true, action: startTarget},
	}
}

func refused(word, format string, args ...any) reply {
	return fails(codeRefused, "refused: %s: %s", word, fmt.Sprintf(format, args...))
}

// program dispatches a call of the node program, from standard input or from
// its installed copy.
func (s session) program(line string, argv []string, stdin []byte) reply {
	switch {
	case argv[1] == "-s" && argv[2] == "--":
		if !bytes.HasPrefix(stdin, []byte("#!/bin/sh")) {
			return s.unknown(line + " (standard input is not the node program)")
		}
		return s.n.call(argv[3:], true)
	case installedName().MatchString(argv[1]):
		text, ok := s.n.tree.read(argv[1])
		if !ok {
			return fails(127, "/bin/sh: 0: cannot open %s: No such file", argv[1])
		}
		sum := sha256.Sum256(text)
		if !strings.Contains(path.Base(argv[1]), hex.EncodeToString(sum[:6])) {
			return fails(2, "%s: 1: Syntax error: its content is not what its name says", argv[1])
		}
		return s.n.call(argv[2:], false)
	default:
		return s.unknown(line)
	}
}

func installedName() *regexp.Regexp {
	return regexp.MustCompile(`^` + programDir + `/bin/node-[0-9a-f]{12}\.sh$`)
}

// call runs a verb. Verbs that change something are refused an epoch lower
// than the highest that the node has seen.
func (n *node) call(argv []string, _ bool) reply {
	if len(argv) == 0 {
		return fails(codeUsage, "no verb")
	}
	v, ok := verbs()[argv[0]]
	args := argv[1:]
	if !ok {
		return fails(codeUsage, "unknown verb: %s", argv[0])
	}
	var c claim
	if v.epoch {
		if len(args) < 2 {
			return fails(codeUsage, "%s: want EPOCH RUN", argv[0])
		}
		epoch, err := strconv.Atoi(args[0])
		if err != nil || epoch < 0 || args[0] != strconv.Itoa(epoch) || !runName().MatchString(args[1]) {
			return fails(codeUsage, "%s: EPOCH or RUN is malformed", argv[0])
		}
		c, args = claim{epoch: epoch, run: args[1]}, args[2:]
	}
	if len(args) < v.min || v.max >= 0 && len(args) > max(v.max, v.min) {
		return fails(codeUsage, "%s: wrong number of arguments", argv[0])
	}
	if v.epoch {
		if r := n.raise(c.epoch); r.code != 0 {
			return r
		}
	}
	return v.action(n, c, args)
}

func runName() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`) }

func (n *node) epoch() (int, bool) {
	data, ok := n.tree.read(programDir + "/epoch")
	if !ok {
		return 0, false
	}
	e, err := strconv.Atoi(strings.TrimSpace(string(data)))
	return e, err == nil
}

// raise refuses an old epoch and remembers a new one.
func (n *node) raise(epoch int) reply {
	seen, known := n.epoch()
	if known && epoch < seen {
		return refused("epoch", "%d is lower than %d", epoch, seen)
	}
	if !known || epoch > seen {
		n.tree.mkdir(programDir, 0o700, 0)
		n.tree.write(programDir+"/epoch", fmt.Appendf(nil, "%d\n", epoch), 0o600)
	}
	return reply{}
}

// sumOf is the SHA-256 of data, in hex.
func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
