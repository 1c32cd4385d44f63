package node

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"
)

// Heartbeat is what the controller of a run has left last on a master. That it
// changes from one look to the next is proof that the controller lives; that it
// does not proves nothing by itself.
type Heartbeat struct {
	Epoch int
	Run   string
	Beat  int           // counts from 1, per controller
	Age   time.Duration // by the node's own clock; for people
}

// Same reports whether two looks saw the same beat of the same controller.
func (h Heartbeat) Same(o Heartbeat) bool {
	return h.Epoch == o.Epoch && h.Run == o.Run && h.Beat == o.Beat
}

// Beat says on one master that the controller of the run lives.
func Beat(ctx context.Context, h Host, c Claim, beat int) error {
	_, err := c.change(ctx, h, "beat", strconv.Itoa(beat))
	return err
}

// heartbeat reads "EPOCH RUN BEAT AGE".
func heartbeat(value string) (*Heartbeat, error) {
	f := strings.Split(value, " ")
	if len(f) != 4 || f[1] == "" {
		return nil, errors.New("want EPOCH RUN BEAT AGE")
	}
	epoch, err := number(f[0])
	if err != nil {
		return nil, err
	}
	beat, err := number(f[2])
	if err != nil {
		return nil, err
	}
	if !isName(f[1]) {
		return nil, errNoRun
	}
	age, err := ageOf(f[3])
	return &Heartbeat{Epoch: epoch, Run: f[1], Beat: beat, Age: age}, err
}

func ageOf(s string) (time.Duration, error) {
	n, err := number(s)
	return time.Duration(n) * time.Second, err
}
