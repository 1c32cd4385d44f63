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

	// Cluster is the id of the cluster that epoch and run belong to: epochs of two
	// clusters that a node has served say nothing about each other. Empty: not known.
	Cluster string
}

// argv calls a verb that changes something.
func (c Claim) argv(verb string, more ...string) []string {
	var argv []string
	if c.Cluster != "" {
		argv = append(argv, "--cluster", c.Cluster)
	}
	return append(append(argv, verb, strconv.Itoa(c.Epoch), c.Run), more...)
}

// change runs a verb under the claim, from the installed program.
func (c Claim) change(ctx context.Context, h Host, verb string, more ...string) ([]byte, error) {
	argv := c.argv(verb, more...)
	return Change(ctx, h, argv[0], argv[1:]...)
}

// Init makes the program's directories and records the epoch. It may be
// repeated. It comes before anything is installed, so that a controller that
// has been superseded leaves nothing on the node: the program goes over
// standard input.
func Init(ctx context.Context, h Host, c Claim) error {
	_, err := answer(ctx, h, fromStdin(c.argv("init")))
	return err
}

// Lock takes the cluster lock on one master. The run that holds it may take it
// again; anybody else gets a *RefusedError of word "lock".
func Lock(ctx context.Context, h Host, c Claim) error {
	_, err := c.change(ctx, h, "lock", c.Owner)
	return err
}

// Unlock gives the lock back if c.Run holds it; that nobody holds it is fine.
func Unlock(ctx context.Context, h Host, c Claim) error {
	_, err := c.change(ctx, h, "unlock")
	return err
}
