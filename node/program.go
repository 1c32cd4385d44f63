package node

import (
	"crypto/sha256"
	_ "embed" // the program travels inside the binary
	"encoding/hex"
	"path"
)

// The program's own directory on a node, and what the reader of its answers
// must find there.
const (
	Dir      = "/var/lib/dcos-patch" // root, 0700
	protocol = 1                     // of docs/node-program.md; "program 1" in a survey
)

//go:embed node.sh
var program string

// Program is the text of the node program.
func Program() []byte { return []byte(program) }

// Sum is the program's SHA-256, in hex.
func Sum() string {
	sum := sha256.Sum256([]byte(program))
	return hex.EncodeToString(sum[:])
}

// InstalledPath is where the mutating verbs expect this very program: the name
// carries its hash, so that two versions of us never share a file.
func InstalledPath() string { return path.Join(Dir, "bin", "node-"+Sum()[:12]+".sh") }

// ScriptPath is where launch expects the pinned node patch script.
func ScriptPath(sha256 string) string { return path.Join(Dir, "scripts", sha256+".sh") }

// RunPath is a file of one run's directory on the masters, where plan and
// journal are copied to.
func RunPath(run, file string) string { return path.Join(Dir, "runs", run, file) }
