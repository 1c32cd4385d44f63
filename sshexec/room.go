package sshexec

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// roomTime is how long a node may take over saying how much room it has.
const roomTime = 10 * time.Second

// UnwrittenError is a file that could not be written on a node, with the room
// that there was right after: SFTP calls a full disk "failure", and no more.
type UnwrittenError struct {
	Err  error
	Room string // in words; never empty
}

func (e *UnwrittenError) Error() string { return e.Err.Error() + "; " + e.Room }
func (e *UnwrittenError) Unwrap() error { return e.Err }

// unwritten adds to the reason why a write below dir has failed how much room
// there is. A node that does not answer has failed for another reason.
func (c *Conn) unwritten(ctx context.Context, dir string, err error) error {
	var lost *LostError
	var notRun *NotRunError
	if ctx.Err() != nil || errors.As(err, &lost) || errors.As(err, &notRun) {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, roomTime)
	defer cancel()
	kb, kbErr := c.free(ctx, "-Pk", dir)
	var exit *ExitError
	switch {
	case errors.As(kbErr, &exit) || errors.Is(kbErr, errNoCount):
		return &UnwrittenError{Err: err, Room: fmt.Sprintf("how much room %s has is not known: %v", dir, kbErr)}
	case kbErr != nil:
		return err
	}
	room := fmt.Sprintf("%d kB", kb)
	if inodes, err := c.free(ctx, "-Pi", dir); err == nil { // not every file system counts them
		room += fmt.Sprintf(" and %d inodes", inodes)
	}
	return &UnwrittenError{Err: err, Room: room + " are free at " + dir}
}

var errNoCount = errors.New("df tells no number")

// free asks df for one number.
func (c *Conn) free(ctx context.Context, option, dir string) (uint64, error) {
	res, err := c.Run(ctx, Cmd{Argv: []string{"df", option, dir}, Limit: 4 << 10})
	if err != nil {
		return 0, err
	}
	lines := strings.Split(strings.TrimSpace(string(res.Stdout)), "\n")
	fields := strings.Fields(lines[len(lines)-1])
	if len(fields) < 4 {
		return 0, errNoCount
	}
	total, err := strconv.ParseUint(fields[1], 10, 64)
	free, err2 := strconv.ParseUint(fields[3], 10, 64)
	if err != nil || err2 != nil || total == 0 {
		return 0, errNoCount
	}
	return free, nil
}
