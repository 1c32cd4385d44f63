package answers

// Exhibitor is the state of the ZooKeeper that an Exhibitor runs.
type Exhibitor int

// The states, by Exhibitor's codes.
const (
	ExhibitorLatent Exhibitor = iota
	ExhibitorDown
	ExhibitorNotServing
	ExhibitorServing
)

func (e Exhibitor) String() string {
	return [...]string{"latent", "down", "not serving", "serving"}[e]
}

// Peer is an element of Exhibitor's cluster status.
type Peer struct {
	Code        Exhibitor `json:"code"`
	Description string    `json:"description"`
	Hostname    string    `json:"hostname"`
	IsLeader    bool      `json:"isLeader"`
}

// At is the element of a host in that state.
func (e Exhibitor) At(host string, leads bool) Peer { return Peer{e, e.String(), host, leads} }
