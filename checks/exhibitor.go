package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// exhibitorUnit runs Exhibitor, and ZooKeeper as its child: both restart
// together.
const exhibitorUnit = "dcos-exhibitor.service"

// ensemble is what a master says about the ZooKeeper ensemble.
type ensemble struct {
	unit    dcos.Unit
	code    int // HTTP status of Exhibitor
	servers []dcos.ExhibitorServer
	srvr    dcos.ZooKeeperServer // its own ZooKeeper's answer to srvr
	mntr    dcos.ZooKeeperServer // asked of a leader only
}

// judgeExhibitor demands that the list is the masters and all of them serve,
// that exactly one leads, and that the node's own ZooKeeper agrees: Exhibitor
// caches its state for 30 s (FACTS §3).
func judgeExhibitor(e ensemble, a expectation) Answer {
	q := question{"exhibitor", a.node.Name, fmt.Sprintf("all %d masters serving, one leader, restarted", len(a.masters))}
	now := processOf(e.unit)
	if s, why := a.restarted(now); why != "" {
		return Answer{Finding: q.say(s, "%s", why)}
	}
	if why := notServingAll(e.code, e.servers, ips(a.masters)); why != "" {
		return Answer{Finding: q.failed("%s", why)}
	}
	switch {
	case !e.srvr.Serves(len(a.masters)):
		return Answer{Finding: q.failed("Exhibitor lists all as serving, but the node's own ZooKeeper %s", idleZooKeeper(e.srvr))}
	case e.srvr.Mode == "leader" && !e.mntr.SyncedFollowers.Known:
		return Answer{Finding: q.unknown("ZooKeeper leads by its answer to srvr and does not count its followers in mntr")}
	case e.srvr.Mode == "leader" && e.mntr.SyncedFollowers.N < len(a.masters)-1:
		return Answer{Finding: q.failed("ZooKeeper leads with %s of %d followers in sync", e.mntr.SyncedFollowers, len(a.masters)-1)}
	}
	return Answer{Finding: q.passed("%d/%d serving, own ZooKeeper is %s", len(e.servers), len(a.masters), e.srvr.Mode), Identity: now.id()}
}

// idleZooKeeper says that a server does not serve, and in which mode it is.
func idleZooKeeper(s dcos.ZooKeeperServer) string {
	if s.Mode == "" {
		return "is not serving requests"
	}
	return "is not serving requests (its mode is " + brief(s.Mode) + ")"
}

// notServingAll is what keeps Exhibitor's list from being "the masters, all
// serving, one leader"; empty when nothing does.
func notServingAll(code int, servers []dcos.ExhibitorServer, masters []string) string {
	if code != 200 {
		return fmt.Sprintf("Exhibitor answers HTTP %d", code)
	}
	var listed, idle, leaders []string
	for _, s := range servers {
		listed = append(listed, s.Hostname)
		if s.Code != 3 || s.Description != "serving" {
			idle = append(idle, s.Hostname+" "+s.Description)
		}
		if s.IsLeader {
			leaders = append(leaders, s.Hostname)
		}
	}
	slices.Sort(listed)
	switch {
	case !slices.Equal(listed, masters):
		return fmt.Sprintf("Exhibitor lists [%s], the masters are [%s]", strings.Join(listed, " "), strings.Join(masters, " "))
	case len(idle) > 0:
		return "not serving: " + strings.Join(idle, ", ")
	case len(leaders) != 1:
		return fmt.Sprintf("%d leaders %v", len(leaders), leaders)
	}
	return ""
}

// ensemble is what Exhibitor lists, if that is not the masters: some of them may
// be known by another address.
func (v view) ensemble() []string {
	for _, m := range v.looks {
		if m.exhibitorErr != nil || m.code != 200 {
			continue
		}
		var listed []string
		for _, s := range m.servers {
			listed = append(listed, s.Hostname)
		}
		if slices.Sort(listed); !slices.Equal(listed, v.masterIPs()) {
			return listed
		}
	}
	return nil
}
