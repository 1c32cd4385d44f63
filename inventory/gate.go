package inventory

import (
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Gate is a question of the operator's own that must be answered well before
// the work goes on. Exactly one of Command, HTTP and Prometheus is set.
type Gate struct {
	Name       string
	OfCluster  bool   // asked before anything is admitted, too; otherwise of a node after its patch only
	Command    string // for sh on the controller, in the folder of the inventory; exit code 0 is a yes
	HTTP       string // a URL that must answer 200, with WantText and WantJSON in its body
	ViaNode    bool   // HTTP is asked through the node's SSH connection, not from the controller
	Prometheus string // an instant query, each of whose values must satisfy Want
	Want       dcos.Comparison
	WantText   string
	WantJSON   []WantJSON    // by path
	Span       time.Duration // how long it must stay green after a patch
	Every      time.Duration // pause between two questions
	Within     time.Duration // timeout
	Timeout    time.Duration // of one question
}

// WantJSON is a value that an HTTP gate's answer must have.
type WantJSON struct {
	Path  string `json:"path"`  // "status", "shards.failed", "items.0.state"
	Value string `json:"value"` // as text; numbers are compared by value
}

// ofNode are the words that stand for the node in a URL or query.
func ofNode() []string { return []string{"${NODE}", "${ADDRESS}", "${IP}", "${ROLE}"} }
