package controller

import "github.com/dcos-patch/dcos-patch/orchestrator"

// Result is what a run came to, as this controller has left it.
type Result struct {
	Run     string
	State   orchestrator.State
	LockErr error    // why the lock could not be given back
	Warned  []string // what passed although a person should look
	Packs   []string // paths of the failure packs, that of the stop first
}
