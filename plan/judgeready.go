package plan

import (
	"fmt"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/shorten"
	"github.com/dcos-patch/dcos-patch/inventory"
)

const (
	// oldestSystemd keeps tasks alive while an agent restarts, since executors
	// have a slice of their own from it on (FACTS §6.1).
	oldestSystemd = 218

	// slowShell is how long a login shell may take without a warning:
	// everything that is asked of a node takes at least as long.
	slowShell = 2 * time.Second
)

// judgeSystem looks at what the survey tells of the machine. Facts of a model,
// which has no readiness either, say nothing of systemd.
func (s *builder) judgeSystem(n inventory.Node, f NodeFacts) {
	if f.Ready != nil && f.Systemd < oldestSystemd {
		s.block(Block{Check: CheckSystemd, Node: n.Name, What: "its systemd is too old to keep tasks alive over the restart", Observed: systemdText(f.Systemd),
			Want: fmt.Sprintf("%d or later", oldestSystemd), Next: advice.Say("update systemd, or expect the tasks of the node to be killed")})
	}
	if took := time.Duration(f.ShellMS) * time.Millisecond; took > slowShell {
		s.warn(Block{Check: "shell", Node: n.Name, What: "its login shell is slow", Observed: fmt.Sprintf("%s to run nothing", took.Round(100*time.Millisecond)),
			Want: fmt.Sprintf("at most %s", slowShell), Next: advice.Say("look at its profile files, and at what its name service waits for")})
	}
}

func systemdText(version int) string {
	if version == 0 {
		return "its version is unknown"
	}
	return fmt.Sprintf("systemd %d", version)
}

// judgeReady looks at what a patch needs of a node besides DC/OS, and at what
// it would take away there.
func (s *builder) judgeReady(n inventory.Node, f NodeFacts) {
	r := f.Ready
	switch {
	case r == nil:
		return // facts of a model, or of a survey that was saved before there was this question
	case r.Err != "":
		s.block(Block{Check: "readiness", Node: n.Name, What: "what a patch needs of it is unknown", Observed: r.Err,
			Want: "room, docker and a way to the packages", Next: advice.Run("check", string(n.Name))})
		return
	}
	s.judgeDocker(n, r)
	if !s.atTarget(f) {
		missing := s.missing(f)
		s.judgeFetch(n, r, missing)
		s.judgeDisk(n, f, missing)
		s.judgeForeign(n, r)
	}
	if !r.IPSet {
		s.warn(Block{Check: "ipset", Node: n.Name, What: "the program ipset is missing", Observed: "not found", Want: "the package ipset installed",
			Next: advice.Say("install it with the system's package manager: DC/OS's network needs it")})
	}
	if r.EventSubscriber {
		s.block(Block{Check: CheckEventSubscribers, Node: n.Name, What: "its Marathon has an event subscriber", Observed: "--event_subscriber in /opt/mesosphere/bin/marathon.sh",
			Want: "none while DC/OS is patched", Next: advice.Say("take the flag away and restart Marathon")})
	}
}

// judgeDocker: tasks of an agent need docker; a master has none.
func (s *builder) judgeDocker(n inventory.Node, r *Readiness) {
	if slices.Contains([]string{"active", "reloading", "socket"}, r.Docker) {
		return
	}
	b := Block{Check: "docker", Node: n.Name, What: "docker does not run on it", Observed: orElse(r.Docker, "systemd does not say"), Want: "docker.service active",
		Next: advice.Say("systemctl start docker there, or find out why it does not stay")}
	if n.Role == dcos.Master {
		s.warn(b)
		return
	}
	b.Next = b.Next.Say(exclusionHint(n, s.in.Today))
	s.block(b)
}

// judgeFetch: a node that lacks packages has to reach them.
func (s *builder) judgeFetch(n inventory.Node, r *Readiness, missing int) {
	if r.Fetch == FetchOK || r.Fetch == FetchUnasked || missing == 0 {
		return
	}
	observed := r.Fetch
	if len(observed) == 3 {
		observed = "the server answers " + observed
	}
	b := Block{Check: "fetch", Node: n.Name, What: "it cannot fetch the packages", Observed: orElse(observed, "no answer"), Want: "200 from " + s.script.Repository,
		Next: advice.Say("look at the way from it to the bootstrap node, and whether the release is served there")}
	if n.Role != dcos.Master {
		b.Next = b.Next.Say(exclusionHint(n, s.in.Today))
	}
	s.block(b)
}

// judgeForeign: the swap takes away what is not DC/OS's.
func (s *builder) judgeForeign(n inventory.Node, r *Readiness) {
	if len(r.ForeignUnits) > 0 {
		s.block(Block{Check: CheckForeignUnits, Node: n.Name, What: "dcos.target wants units there that are not of DC/OS", Observed: few(r.ForeignUnits),
			Want: "none: a patch stops and removes them", Next: advice.Say("have another target want them: systemctl add-wants multi-user.target UNIT")})
	}
	if len(r.ForeignFiles) > 0 {
		s.warn(Block{Check: "foreign-files", Node: n.Name, What: "there are files below /opt/mesosphere that are not of DC/OS", Observed: few(r.ForeignFiles),
			Want: "none: a patch removes them", Next: advice.Say("save them somewhere else")})
	}
}

// few names some of what a node has listed: it may list very much.
func few(names []string) string { return shorten.List(names, 8, " ") }

// missing counts the script's packages that are not on the node's disk.
func (s *builder) missing(f NodeFacts) int {
	lacks, have := 0, f.Fetched
	if !slices.IsSorted(have) {
		have = slices.Sorted(slices.Values(have))
	}
	for _, p := range s.script.Packages {
		if _, found := slices.BinarySearch(have, p); !found {
			lacks++
		}
	}
	return lacks
}
