package dcos

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// ZooKeeperServer is what one ZooKeeper server says about itself. It is the
// evidence behind Exhibitor's cached view.
type ZooKeeperServer struct {
	Mode            string // leader, follower, standalone, observer, read-only ...; empty when not serving requests
	Version         string // "3.4.14-4c25d48..."; empty when not serving
	Followers       Count  // connected to this leader (mntr); unknown elsewhere
	SyncedFollowers Count  // of them, up to date: with the leader these make the quorum (mntr)
}

// Serves reports whether the server takes part in serving an ensemble of so many.
// One that answers reads only has lost the others; an observer has no vote; and
// standalone among several is a server that does not know of them.
func (s ZooKeeperServer) Serves(ensemble int) bool {
	switch s.Mode {
	case "leader", "follower":
		return true
	case "standalone":
		return ensemble == 1
	}
	return false
}

// A server that has lost its quorum, or has not found one, answers every word
// but ruok with this.
const notServing = "This ZooKeeper instance is not currently serving requests"

// ParseSrvr reads the answer to the four-letter word srvr.
func ParseSrvr(b []byte) (ZooKeeperServer, error) {
	return parseZooKeeper("srvr", b, func(line string) (string, string) {
		key, value, _ := strings.Cut(line, ":")
		return key, strings.TrimSpace(value)
	}, [2]string{"Mode", "Zookeeper version"})
}

// ParseMntr reads the answer to the four-letter word mntr. On a leader the
// numbers of followers are demanded.
func ParseMntr(b []byte) (ZooKeeperServer, error) {
	return parseZooKeeper("mntr", b, func(line string) (string, string) {
		key, value, _ := strings.Cut(line, "\t")
		return key, strings.TrimSpace(value)
	}, [2]string{"zk_server_state", "zk_version"})
}

// parseZooKeeper reads lines with split; names are the keys of mode and version.
func parseZooKeeper(word string, b []byte, split func(string) (string, string), names [2]string) (ZooKeeperServer, error) {
	if strings.TrimRight(strings.TrimSpace(string(b)), ".") == notServing {
		return ZooKeeperServer{}, nil
	}
	keys := map[string]string{}
	for line := range strings.Lines(string(b)) {
		if key, value := split(strings.TrimRight(line, "\r\n")); value != "" {
			if _, twice := keys[key]; twice {
				return ZooKeeperServer{}, fmt.Errorf("ZooKeeper %s: %s comes twice", word, clip(key))
			}
			keys[key] = value
		}
	}
	s := ZooKeeperServer{Mode: keys[names[0]]}
	if s.Mode == "" {
		return ZooKeeperServer{}, fmt.Errorf("ZooKeeper %s: no %s in %s", word, names[0], looksLike(b))
	}
	s.Version, _, _ = strings.Cut(keys[names[1]], ",")
	if word != "mntr" || s.Mode != "leader" {
		return s, nil
	}
	var err error
	if s.Followers, err = follower(keys, "zk_followers", "zk_learners"); err != nil { // zk_learners: 3.5 and above
		return ZooKeeperServer{}, err
	}
	s.SyncedFollowers, err = follower(keys, "zk_synced_followers", "zk_synced_followers")
	if err != nil {
		return ZooKeeperServer{}, err
	}
	return s, nil
}

func follower(keys map[string]string, name, newer string) (Count, error) {
	text, ok := keys[name]
	if !ok {
		text, ok = keys[newer]
	}
	if !ok {
		return Count{}, errors.New("ZooKeeper mntr: a leader without " + name)
	}
	n, err := strconv.ParseFloat(text, 64) // some versions write 2.0
	if err != nil || n < 0 || n > math.MaxInt32 || n != math.Trunc(n) {
		return Count{}, fmt.Errorf("ZooKeeper mntr: %s is %q, want a number", name, clip(text))
	}
	return KnownCount(int(n)), nil
}
