package node

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Uptime is how long a node has been up, by its own clock: the only one that a
// deadline on it may be given in.
type Uptime struct {
	BootID string
	For    time.Duration
}

// ReadUptime asks a node how long it has been up.
func ReadUptime(ctx context.Context, h Host) (Uptime, error) {
	b, err := Read(ctx, h, "uptime")
	if err != nil {
		return Uptime{}, err
	}
	return ParseUptime(b)
}

// ParseUptime reads the answer of the verb "uptime". An error comes with zero.
func ParseUptime(b []byte) (Uptime, error) {
	fields := strings.Fields(string(b))
	if len(fields) != 3 || fields[0] != "uptime" || len(fields[1]) > 16 {
		return Uptime{}, fmt.Errorf("uptime answered %.80q: want \"uptime SECONDS BOOT_ID\"", b)
	}
	up, err := strconv.ParseFloat(fields[1], 64)
	if err != nil || !(up >= 0 && up < 1e9) {
		return Uptime{}, fmt.Errorf("uptime: %.80q is not a number of seconds", fields[1])
	}
	return Uptime{BootID: fields[2], For: time.Duration(up * float64(time.Second))}, nil
}

// At is the deadline that lies a while after the moment that u was read.
func (u Uptime) At(after time.Duration) Deadline {
	return Deadline{BootID: u.BootID, Uptime: int((u.For + after) / time.Second)}
}
