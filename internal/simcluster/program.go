package simcluster

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// programDir is where the node program keeps its files: docs/node-program.md.
const programDir = "/var/lib/dcos-patch"

// Exit codes of the node program.
const (
	codeFailed  = 1
	codeUsage   = 64
	codeRefused = 70
)

// noSpace is what a full disk says.
const noSpace = "sh: write error: No space left on device\ncannot write below " + programDir + "; 0 kB and 1310720 inodes are free at " + programDir

// flockWait is how long a change waits for another one to end, unscaled.
const flockWait = 10 * time.Second

// verb is one verb of the node program. Its arguments are checked before
// anything else is looked at.
type verb struct {
	epoch  bool // EPOCH RUN come first
	moves  bool // may move a node from another cluster to the caller's
	frees  bool // needs no room on the disk
	from   place
	args   []argument // besides EPOCH RUN
	rest   argument   // of any further ones; nil: there are none
	action func(n *node, c claim, args []string) reply
}

// place is how a verb may be called.
type place uint8

const (
	anyhow        place = iota
	installedOnly       // not on standard input
)

// claim is who asks for a change.
type claim struct {
	epoch   int
	run     string
	cluster string // empty: not said
}

func verbs() map[string]verb {
	return map[string]verb{
		"survey":      {action: survey},
		"clock":       {action: showClock},
		"uptime":      {action: showUptime},
		"readiness":   {rest: isWebURL, action: showReadiness},
		"next-ip":     {args: []argument{isPackage}, action: showNextIP},
		"units":       {args: []argument{isUnit}, rest: isUnit, action: showUnits},
		"checks":      {args: []argument{isChecks}, action: showChecks},
		"cockroach":   {action: showCockroach},
		"exhibitor":   {action: showExhibitor},
		"etcd":        {action: showEtcd},
		"receipt":     {args: []argument{isSHA}, action: showReceipt},
		"output":      {args: []argument{isSHA, isNumber, isOffsetOrEnd}, action: showOutput},
		"log":         {args: []argument{isOneUnit}, action: showLog},
		"resources":   {action: showResources},
		"ours":        {action: showOurs},
		"run":         {args: []argument{isRun, isRun, isOffset}, action: showRun},
		"beat":        {epoch: true, args: []argument{isNumber}, action: beat},
		"copy":        {epoch: true, args: []argument{isRun, isOffset, isAny}, action: copyIn},
		"sweep":       {epoch: true, frees: true, action: sweepNode},
		"install":     {args: []argument{isMode, isAny, isDst}, action: install},
		"init":        {epoch: true, moves: true, action: initDirs},
		"lock":        {epoch: true, args: []argument{isLine}, action: lock},
		"unlock":      {epoch: true, frees: true, action: unlock},
		"fetch":       {epoch: true, args: []argument{isSHA, isURL, isPackage}, rest: isPackage, action: fetch},
		"launch":      {epoch: true, from: installedOnly, args: []argument{isSHA, isNumber, isVersion, isBoot, isNumber, isLine}, action: launch},
		"call-off":    {epoch: true, args: []argument{isSHA, isNumber}, action: callOff},
		"finish-swap": {epoch: true, frees: false, from: installedOnly, args: []argument{isSHA, isBoot, isNumber, isLine, isPackage}, rest: isPackage, action: finishSwap},
	}
}

func refused(word, format string, args ...any) reply {
	return fails(codeRefused, "refused: %s: %s", word, fmt.Sprintf(format, args...))
}

// program dispatches a call of the node program, from standard input or from
// its installed copy.
func (s session) program(line string, argv []string, stdin []byte) reply {
	switch {
	case argv[1] == "-s" && argv[2] == "--" && strings.HasPrefix("#!/bin/sh", string(stdin)):
		return reply{} // the client left before it had sent the program: nothing is run
	case argv[1] == "-s" && argv[2] == "--":
		if !bytes.HasPrefix(stdin, []byte("#!/bin/sh")) {
			return s.unknown(line + " (standard input is not the node program)")
		}
		return s.n.call(argv[3:], anyhow)
	case installedName().MatchString(argv[1]):
		text, ok := s.n.tree.read(argv[1])
		if !ok {
			return fails(127, "/bin/sh: 0: cannot open %s: No such file", argv[1])
		}
		sum := sha256.Sum256(text)
		if !strings.Contains(path.Base(argv[1]), hex.EncodeToString(sum[:6])) {
			return fails(2, "%s: 1: Syntax error: its content is not what its name says", argv[1])
		}
		return s.n.call(argv[2:], installedOnly)
	default:
		return s.unknown(line)
	}
}

func installedName() *regexp.Regexp {
	return regexp.MustCompile(`^` + programDir + `/bin/node-[0-9a-f]{12}\.sh$`)
}

// call runs a verb. Verbs that change something are refused an epoch lower
// than the highest that the node has seen.
func (n *node) call(argv []string, how place) reply {
	cluster := ""
	if len(argv) >= 2 && argv[0] == "--cluster" {
		if cluster, argv = argv[1], argv[2:]; !isRun(cluster) {
			return fails(codeUsage, "node program: '%s' is not the name of a run", cluster)
		}
	}
	if len(argv) == 0 {
		return fails(codeUsage, "node program: want a verb")
	}
	v, ok := verbs()[argv[0]]
	args := argv[1:]
	want := v.args
	if v.epoch {
		want = append([]argument{isNumber, isRun}, want...)
	}
	switch {
	case !ok:
		return fails(codeUsage, "node program: '%s' is not a verb", argv[0])
	case len(args) < len(want) || len(args) > len(want) && v.rest == nil:
		return fails(codeUsage, "node program: want %d arguments, got %d", len(want), len(args))
	case v.from == installedOnly && how != installedOnly:
		return fails(codeUsage, "node program: %s is for the installed program", argv[0])
	}
	for i, a := range args {
		check := v.rest
		if i < len(want) {
			check = want[i]
		}
		if !check(a) {
			return fails(codeUsage, "node program: argument %d of %s: '%s'", i+1, argv[0], a)
		}
	}
	if !v.epoch {
		return v.action(n, claim{}, args)
	}
	epoch, _ := strconv.Atoi(args[0]) // isNumber has been asked
	return n.claimed(v, claim{epoch: epoch, run: args[1], cluster: cluster}, args[2:])
}

// claimed runs a verb that changes something, once nothing else is changing
// the node.
func (n *node) claimed(v verb, c claim, args []string) reply {
	if n.fetching {
		return reply{wait: flockWait, then: func() reply {
			if n.fetching {
				return refused("busy", "another change is in hand on this node")
			}
			return n.claimed(v, c, args)
		}}
	}
	if !v.frees && n.noRoom() {
		return fails(codeFailed, noSpace)
	}
	if r := n.raise(c, v.moves); r.code != 0 {
		return r
	}
	return v.action(n, c, args)
}

// epoch is the highest epoch seen, and -1 when nobody can say: a damaged one is
// taken from the claim.
func (n *node) epoch() (int, bool) {
	data, ok := n.tree.read(programDir + "/epoch")
	if !ok {
		return 0, false
	}
	number, _, _ := strings.Cut(strings.TrimSpace(string(data)), " ")
	claimed, _, _ := strings.Cut(n.claimedBy(), " ")
	for _, text := range []string{number, claimed} {
		if e, err := strconv.Atoi(text); err == nil {
			return e, true
		}
	}
	return -1, true
}

// epochCluster is the cluster that the epoch belongs to; empty when it does not say.
func (n *node) epochCluster() string {
	data, _ := n.tree.read(programDir + "/epoch")
	number, cluster, _ := strings.Cut(strings.TrimSpace(string(data)), " ")
	if _, err := strconv.Atoi(number); err != nil { // damaged
		return ""
	}
	return cluster
}

// raise refuses an old epoch, and remembers a new one and whose it is.
func (n *node) raise(c claim, moves bool) reply {
	own, _ := n.tree.read("/var/lib/dcos/cluster-id") // masters have one
	if id := strings.TrimSpace(string(own)); moves && c.cluster != "" && id != "" && id != c.cluster {
		return fails(codeFailed, "this node belongs to cluster %s, and not to %s", id, c.cluster)
	}
	seen, known := n.epoch()
	if seen < 0 {
		return fails(codeFailed, "%s/epoch holds no number", programDir)
	}
	if served := n.epochCluster(); c.cluster != "" && served != "" && served != c.cluster {
		if !moves {
			return refused("epoch", "epoch %d of run %s is of cluster %s, the node serves cluster %s now", c.epoch, c.run, c.cluster, served)
		}
		seen = 0
	}
	if known && c.epoch < seen {
		return refused("epoch", "epoch %d is over, the node has seen %d", c.epoch, seen)
	}
	if !known || c.epoch > seen {
		n.tree.mkdir(programDir, 0o700, 0)
		n.recordClaim(c)
	}
	n.tree.write(programDir+"/epoch", []byte(strings.TrimRight(fmt.Sprintf("%d %s", c.epoch, cmp.Or(c.cluster, n.epochCluster())), " ")+"\n"), 0o600)
	return reply{}
}

// sumOf is the SHA-256 of data, in hex.
func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
