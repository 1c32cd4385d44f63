package dcos

import "errors"

// ZooKeeperServer is what one ZooKeeper server says about itself.
type ZooKeeperServer struct {
	Mode            string // leader, follower, observer or standalone; empty when not serving
	Serving         bool
	Version         string
	Followers       Count // known on a leader, from mntr
	SyncedFollowers Count // known on a leader, from mntr
}

// ParseSrvr reads the answer to the four-letter word srvr.
func ParseSrvr(b []byte) (ZooKeeperServer, error) {
	return ZooKeeperServer{}, errors.New("not written yet")
}

// ParseMntr reads the answer to the four-letter word mntr.
func ParseMntr(b []byte) (ZooKeeperServer, error) {
	return ZooKeeperServer{}, errors.New("not written yet")
}
