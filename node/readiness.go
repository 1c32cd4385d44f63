package node

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Readiness is what a patch needs of a node besides DC/OS itself, and what it
// would take away there. A field that the node could not fill is zero, and
// means unknown.
type Readiness struct {
	TmpKB           int64    // free on the file system of /tmp
	PackagesKB      int64    // what the active packages take on the disk
	LargestKB       int64    // the largest of them
	Docker          string   // ActiveState of docker.service, or "socket": it is started when needed
	IPSet           bool     // the program is there
	ForeignUnits    []string // wanted by dcos.target, and of no active package
	ForeignFiles    []string // in directories where a swap leaves links only; at most 20
	EventSubscriber bool     // Marathon is told of one
	HTTP            int      // the status that the server gave this node; 0: no answer
	HTTPError       string   // why not
}

// TakeReadiness asks a node for all of it. url is a file that it will have to
// fetch, of which only the head is asked for; empty is none.
func TakeReadiness(ctx context.Context, h Host, url string) (Readiness, error) {
	var args []string
	if url != "" {
		args = []string{url}
	}
	b, err := Read(ctx, h, "readiness", args...)
	if err != nil {
		return Readiness{}, err
	}
	return ParseReadiness(b)
}

// ParseReadiness reads the lines of a readiness as ParseSurvey does those of a
// survey. An error comes with the zero Readiness.
func ParseReadiness(b []byte) (Readiness, error) {
	var (
		r    Readiness
		seen = map[string]bool{}
	)
	for line := range strings.Lines(string(b)) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if err := r.take(key, value); err != nil {
			return Readiness{}, fmt.Errorf("readiness: line %.80q: %w", line, err)
		}
		if seen[key] && key != "foreign_unit" && key != "foreign_file" {
			return Readiness{}, fmt.Errorf("readiness: %s is said twice", key)
		}
		seen[key] = true
	}
	if !seen["program"] {
		return Readiness{}, errors.New("readiness: no line \"program\": the node program did not answer")
	}
	return r, nil
}

// take reads one line.
func (r *Readiness) take(key, value string) (err error) {
	switch key {
	case "docker":
		r.Docker, err = word(value)
	case "ipset":
		r.IPSet, err = flag(value)
	case "event_subscriber":
		r.EventSubscriber, err = flag(value)
	case "foreign_unit":
		r.ForeignUnits, err = appendSaid(r.ForeignUnits, value)
	case "foreign_file":
		r.ForeignFiles, err = appendSaid(r.ForeignFiles, value)
	case "http_error":
		if r.HTTPError = value; value == "" {
			err = errors.New("want the reason")
		}
	default:
		err = r.takeNumber(key, value)
	}
	return err
}

func (r *Readiness) takeNumber(key, value string) error {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < 0 {
		err = errors.New("want a number")
	}
	switch key {
	case "program":
		if err == nil && n != protocol {
			err = fmt.Errorf("want %d", protocol)
		}
	case "tmp_kb":
		r.TmpKB = n
	case "packages_kb":
		r.PackagesKB = n
	case "largest_kb":
		r.LargestKB = n
	case "http":
		if r.HTTP = int(n); err == nil && n > 999 {
			err = errors.New("want a status")
		}
	default:
		return errors.New("unknown key")
	}
	return err
}

// appendSaid adds a name that the node may have chosen freely.
func appendSaid(all []string, value string) ([]string, error) {
	if value == "" {
		return all, errors.New("want a name")
	}
	return append(all, value), nil
}

// Clock asks a node for its own time, in milliseconds. It was read after the
// call and before the return, and nothing else is known about when.
func Clock(ctx context.Context, h Host) (time.Time, error) {
	b, err := Read(ctx, h, "clock")
	if err != nil {
		return time.Time{}, err
	}
	return ParseClock(b)
}

// ParseClock reads "clock MS".
func ParseClock(b []byte) (time.Time, error) {
	said, ok := strings.CutPrefix(strings.TrimSuffix(string(b), "\n"), "clock ")
	ms, err := strconv.ParseUint(said, 10, 47) // far beyond the year 6000
	if !ok || err != nil {
		return time.Time{}, fmt.Errorf("clock: %.80q: want \"clock MILLISECONDS\"", b)
	}
	return time.UnixMilli(int64(ms)).UTC(), nil
}
