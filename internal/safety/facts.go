package safety

// Node is what is true of a node. Who asks sets what it knows, and what its
// question is about: a rule is not broken by what is not set.
type Node struct {
	Name   string
	Master bool

	Owed     bool // the plan has it patched
	Verified bool // it is patched, and its gates have held since
	Begun    bool // its script was begun before, and nothing proves that it changed nothing
	Taken    bool // the run has taken it, and nothing has proved since that it serves
	Flies    bool // it counts against the width

	Running   bool   // its script is at work
	Cut       bool   // its swap is cut
	Finishing bool   // a call that finishes the swap is at work
	Told      bool   // the run was told that the swap stays cut
	Leaves    string // a change for a time that may be there still; empty: none
	GoneOn    bool   // its lane has gone on from what is at work, or from what may be left

	Out    bool // it does not serve, for so long that it could be known
	Ours   bool // that is the run's doing
	Behind bool // ranges that it holds have too few replicas
	Late   bool // Mesos will mark it unreachable soon, and the run was told
}

// Cluster is what is true at a moment.
type Cluster struct {
	Nodes  []Node
	Held   string // why nothing may be taken now: an interruption, a red cluster as last looked at; empty: nothing
	Agents bool   // a stage of agents is at work
	Owes   bool   // the run owes to take back what may be left
	Staged bool   // a stage is at work: no more may be in flight than its width
	Width  int    // of the stage; asked of one that is at work
	Flying int    // nodes in flight besides those that say it themselves
	MaxOut int

	Locks, Masters int // masters on which the run holds the lock, and all; 0, 0: not asked
}
