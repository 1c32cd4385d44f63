package answers

import (
	"strconv"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Build is what a Mesos binary knows about itself.
type Build struct {
	Version dcos.Version `json:"version"`
	GitSHA  string       `json:"git_sha"`
}

func (b Build) json() Object {
	return Object{"build_date": "2020-12-19 10:00:00 UTC", "build_time": 1608372000.0, "build_user": "", "git_sha": b.GitSHA, "version": b.Version}
}

// Deactivates reports whether agents can be deactivated; before, nothing says
// that none is.
func (b Build) Deactivates() bool { return b.Version.Compare("1.9.0") >= 0 }

// duration writes a duration as Mesos does: "15secs", "300ms".
func duration(d time.Duration) string {
	if d%time.Second == 0 {
		return strconv.Itoa(int(d/time.Second)) + "secs"
	}
	return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', -1, 64) + "ms"
}
