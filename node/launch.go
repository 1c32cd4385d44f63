package node

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Start names one attempt of one script.
type Start struct {
	Claim
	SHA256  string       // of the script, which must have been put at ScriptPath
	Attempt int          // 1 for the first
	From    dcos.Version // the node must be at it
	Until   Deadline     // the node refuses the launch afterwards
}

// Deadline is a moment by the one clock of a node that cannot be set: the
// seconds since one of its boots.
type Deadline struct {
	BootID string `json:"boot_id"`
	Uptime int    `json:"uptime"` // whole seconds; at this one it is too late
}

// Launch starts the node patch script detached, as a transient unit, and gives
// back the unit's name. It returns when systemd has taken the unit, not when
// the script has ended: watch Receipts.
//
// The program starts an attempt at most once, whoever asks and how often. A
// repeated call gets a *RefusedError of word "receipt": the attempt exists, and
// the caller adopts it. The same word says that another attempt is running or
// may have changed the node. *RefusedError of word "late" means that the
// launch came after its deadline: nothing was started.
func Launch(ctx context.Context, h Host, s Start) (string, error) {
	b, err := s.change(ctx, h, "launch", s.SHA256, strconv.Itoa(s.Attempt), string(s.From), s.Until.BootID, strconv.Itoa(s.Until.Uptime), s.Owner)
	if err != nil {
		return "", err
	}
	unit, ok := strings.CutPrefix(strings.TrimSuffix(string(b), "\n"), "unit ")
	if !ok || strings.ContainsAny(unit, " \n") {
		return "", fmt.Errorf("launch answered %.80q: want \"unit NAME\"; the script may be running", b)
	}
	return unit, nil
}

// Fetch downloads the script's packages into pkgpanda's repository on the
// node, with idle priority; nothing is activated. It may take minutes and may
// be repeated. It is refused ("busy") while a patch unit runs.
func Fetch(ctx context.Context, h Host, c Claim, s dcos.Script) error {
	_, err := c.change(ctx, h, "fetch", append([]string{s.SHA256, s.Repository}, s.Packages...)...)
	return err
}
