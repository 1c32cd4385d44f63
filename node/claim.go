package node

import (
	"context"
	"strconv"
)

// Claim says who asks for a change. The program refuses an epoch lower than
// the highest that the node has seen, and remembers a higher one.
type Claim struct {
	Epoch int    // of the run; raised by resume and by breaking the lock
	Run   string // letters, digits, '.', '_' and '-', not beginning with '.' or '-'
	Owner string // who and where, one line; needed by Lock and Launch only
}

func (c Claim) args(more ...string) []string {
	return append([]string{strconv.Itoa(c.Epoch), c.Run}, more...)
}

// Init makes the program's directories and records the epoch. It may be
// repeated. It comes before anything is installed, so that a controller that
// has been superseded leaves nothing on the node: the program goes over
// standard input.
func Init(ctx context.Context, h Host, c Claim) error {
	_, err := answer(ctx, h, fromStdin(append([]string{"init"}, c.args()...)))
	return err
}

// Lock takes the cluster lock on one master. The run that holds it may take it
// again; anybody else gets a *RefusedError of word "lock".
func Lock(ctx context.Context, h Host, c Claim) error {
	_, err := Change(ctx, h, "lock", c.args(c.Owner)...)
	return err
}

// Unlock gives the lock back if c.Run holds it; that nobody holds it is fine.
func Unlock(ctx context.Context, h Host, c Claim) error {
	_, err := Change(ctx, h, "unlock", c.args()...)
	return err
}

// StartTarget reloads systemd and starts dcos.target without waiting: the
// remedy after an activation that ended before it.
func StartTarget(ctx context.Context, h Host, c Claim) error {
	_, err := Change(ctx, h, "start-target", c.args()...)
	return err
}
