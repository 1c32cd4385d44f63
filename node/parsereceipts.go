package node

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// ParseReceipts reads the answer of the verb "receipt" for one script,
// ascending by attempt. An attempt without a state, a line that it does not
// understand, or attempts out of order are errors; an error comes with nil.
func ParseReceipts(sha256 string, b []byte) ([]Receipt, error) {
	var all []Receipt
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSuffix(line, "\n")
		if n, ok := strings.CutPrefix(line, "attempt "); ok {
			attempt, err := number(n)
			if err != nil || len(all) > 0 && attempt <= all[len(all)-1].Attempt {
				return nil, fmt.Errorf("receipt: line %.80q: want attempts in ascending order", line)
			}
			all = append(all, Receipt{SHA256: sha256, Attempt: attempt})
			continue
		}
		if len(all) == 0 {
			return nil, fmt.Errorf("receipt: line %.80q comes before any attempt", line)
		}
		if err := all[len(all)-1].take(line); err != nil {
			return nil, fmt.Errorf("receipt: line %.80q: %w", line, err)
		}
	}
	for _, r := range all {
		if r.State == RunUnknown {
			return nil, fmt.Errorf("receipt: attempt %d has no state", r.Attempt)
		}
		if r.State == Exited && r.ExitAt.IsZero() {
			return nil, fmt.Errorf("receipt: attempt %d has ended and has no line \"exit\"", r.Attempt)
		}
	}
	return all, nil
}

// take reads one line of an attempt: "key=value" from the file started, or a
// line of the program's own, whose first word ends with a space.
func (r *Receipt) take(line string) error {
	end := strings.IndexAny(line, " =")
	if end < 0 {
		return errors.New("want key=value, state, libltdl or exit")
	}
	key, value := line[:end], line[end+1:]
	if line[end] == '=' {
		return r.takeStarted(key, value)
	}
	var err error
	switch key {
	case "state":
		if r.State != RunUnknown {
			return errors.New("there is a state already")
		}
		r.State, r.Code, err = runState(value)
	case "libltdl":
		r.Libltdl = value
	case "finish":
		if r.Finish = Finish(value); r.Finish != FinishBegun && r.Finish != FinishDone {
			err = errors.New("want begun or done")
		}
	case "exit":
		err = r.takeExit(value)
	default:
		err = errors.New("want key=value, state, libltdl or exit")
	}
	return err
}

func (r *Receipt) takeStarted(key, value string) (err error) {
	switch key {
	case "run":
		if r.Run = value; value != "" && !isName(value) {
			err = errNoRun
		}
	case "epoch":
		r.Epoch, err = number(value)
	case "who":
		r.Who = value
	case "at":
		r.At, err = seconds(value)
	case "boot_id":
		r.BootID = value
	case "until":
		r.Until, err = number(value)
	case "pid1_start":
		r.PID1Start, err = strconv.ParseUint(value, 10, 63)
	case "unit":
		r.Unit = value
	case "from":
		r.From = dcos.Version(value)
	case "active_sum":
		r.ActiveSum = value
	case "cluster":
		r.Cluster = value
	default:
		err = errors.New("unknown key")
	}
	return err
}

// takeExit reads "CODE AT". The code was in the state already; the two must
// agree.
func (r *Receipt) takeExit(value string) error {
	code, at, _ := strings.Cut(value, " ")
	n, err := number(code)
	if err != nil {
		return err
	}
	if r.State != Exited || r.Code != n {
		return fmt.Errorf("the state is %s", formatState(*r))
	}
	r.ExitAt, err = seconds(at)
	return err
}

// seconds reads UTC seconds since 1970.
func seconds(s string) (time.Time, error) {
	n, err := strconv.ParseUint(s, 10, 40)
	if err != nil {
		return time.Time{}, fmt.Errorf("%.80q is not a time in seconds", s)
	}
	return time.Unix(int64(n), 0).UTC(), nil
}
