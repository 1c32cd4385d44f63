package dcos

import "errors"

// ExhibitorServer is one server of the ensemble, as one Exhibitor sees it.
type ExhibitorServer struct {
	Code        int    // 0 latent, 1 down, 2 not serving, 3 serving
	Description string // the same in words
	Hostname    string // the master's detect_ip address
	IsLeader    bool   // leads the ensemble, or is alone
}

// ParseExhibitorStatus reads the body of GET ExhibitorStatus.
func ParseExhibitorStatus(b []byte) ([]ExhibitorServer, error) {
	return nil, errors.New("not written yet")
}
