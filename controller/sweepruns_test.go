package controller

import (
	"context"
	"errors"
	"testing"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/patcher"
)

// lostNodes are nodes to which there is no way any more.
type lostNodes struct{}

func (lostNodes) Node(context.Context, inventory.NodeName) (patcher.Host, error) {
	return nil, errors.New("the connection broke")
}

func (lostNodes) Visit(inventory.NodeName) (leave func()) { return func() {} }

// A master has told that it holds a copy, and is lost before the copy is read: the run
// may go on, and its copies are what another machine needs.
func TestACopyThatIsNotReadIsNotTakenForNone(t *testing.T) {
	const run = "1129-0807-ewko"
	all := []masterCopies{{master: "m1", nodes: lostNodes{}, files: []node.RunFile{{Run: run, Name: journal.JournalFile, Bytes: 5}}}}
	f, err := (&sweeper{}).lastWord(t.Context(), all, run)
	var unread *unreadError
	if f != nil || !errors.As(err, &unread) {
		t.Errorf("%v, %v; want that it was not read", f, err)
	}
}
