package dcos

import "net"

// ParseMarathonLeader reads the answer to GET /v2/leader: the host of the
// leading Marathon, in DC/OS an IP. An answer without a host and a port is an
// error; with another status than 200, Marathon has no leader.
func ParseMarathonLeader(b []byte) (host string, err error) {
	const what = "Marathon leader"
	var raw struct {
		Leader string `json:"leader"`
	}
	if err := decode(what, b, &raw); err != nil {
		return "", err
	}
	if host, _, err = net.SplitHostPort(raw.Leader); err != nil || host == "" {
		return "", missing(what, "leader")
	}
	return host, nil
}
