package pack

import (
	"bytes"
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

// FailedCommands is the name of the file of the commands that have failed.
const FailedCommands = "node/failed-commands.txt"

// Failed are the last commands that have failed on the node, the newest last,
// with all that they said on standard error.
func Failed(all []sshexec.Failure) Entry {
	e := Entry{Name: FailedCommands}
	if len(all) == 0 {
		e.Lack = "no command of this process has failed on it"
		return e
	}
	var b bytes.Buffer
	for _, f := range all {
		fmt.Fprintf(&b, "# %s", f.At.UTC().Format(time.RFC3339))
		if f.Times > 1 {
			fmt.Fprintf(&b, ", the last of %d times", f.Times)
		}
		fmt.Fprintf(&b, ": exit code %d: %s\n", f.Code, f.Cmd)
		b.Write(f.Stderr)
		if n := len(f.Stderr); n == 0 || f.Stderr[n-1] != '\n' {
			b.WriteByte('\n')
		}
	}
	e.Body = b.Bytes()
	return e
}
