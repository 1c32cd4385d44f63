package dcos

import "fmt"

// ExhibitorServer is one server of the ensemble, as one Exhibitor sees it.
type ExhibitorServer struct {
	Code        int    // 0 latent, 1 down, 2 not serving, 3 serving
	Description string // the same in words
	Hostname    string // the master's detect_ip address
	IsLeader    bool   // leads the ensemble, or is alone
}

// Serving reports whether code and description agree on serving.
func (s ExhibitorServer) Serving() bool { return s.Code == 3 && s.Description == "serving" }

// ParseExhibitorStatus reads the body of GET ExhibitorStatus. An empty list is
// a value of length 0: it satisfies "all are serving", so callers must compare
// the list with the masters.
func ParseExhibitorStatus(b []byte) ([]ExhibitorServer, error) {
	const what = "Exhibitor status"
	var list []*struct {
		Code        *int    `json:"code"`
		Description *string `json:"description"`
		Hostname    *string `json:"hostname"`
		IsLeader    *bool   `json:"isLeader"`
	}
	if err := decode(what, b, &list); err != nil {
		return nil, err
	}
	if list == nil {
		return nil, fmt.Errorf("%s: null, want a list", what)
	}
	servers := make([]ExhibitorServer, 0, len(list))
	for i, s := range list {
		at := fmt.Sprintf("%s: server %d of %d", what, i+1, len(list))
		switch {
		case s == nil:
			return nil, fmt.Errorf("%s: null", at)
		case s.Code == nil:
			return nil, missing(at, "code")
		case s.Description == nil || *s.Description == "":
			return nil, missing(at, "description")
		case s.Hostname == nil || *s.Hostname == "":
			return nil, missing(at, "hostname")
		case s.IsLeader == nil:
			return nil, missing(at, "isLeader")
		}
		servers = append(servers, ExhibitorServer{*s.Code, *s.Description, *s.Hostname, *s.IsLeader})
	}
	return servers, nil
}
