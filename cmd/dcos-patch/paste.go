package main

import (
	"io"
	"regexp"
	"strings"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

// defaultInventory is the file that commands read when none is named.
const defaultInventory = "inventory.yaml"

// toPaste matches a command of ours in a sentence, up to its verb. Those that
// read no inventory, or say themselves which, are not in it.
var toPaste = regexp.MustCompile(`\bdcos-patch (abandon|apply|check|dev gates|lock|park|plan|preflight|resume|runs|stage|status|sweep)\b`)

// pasteable has the commands that are printed for a person name the inventory,
// where it is another than the default: they work as they stand, also in a
// colleague's terminal. Who names a command (the engine, a gate, a block of the
// plan) knows of no inventory.
type pasteable struct {
	io.Writer
	inventory string
}

func (p pasteable) Write(b []byte) (int, error) {
	named := toPaste.ReplaceAllString(string(b), "dcos-patch -i "+strings.ReplaceAll(sshexec.Quote([]string{p.inventory}), "$", "$$")+" $1")
	if _, err := io.WriteString(p.Writer, named); err != nil {
		return 0, err
	}
	return len(b), nil
}

// forPeople is a stream that a person reads.
func (a *app) forPeople(w io.Writer) io.Writer {
	if a.inventory == defaultInventory {
		return w
	}
	return pasteable{w, a.inventory}
}
