package controller

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/patcher"
)

// slowHosts are nodes that are never reached.
type slowHosts struct{}

func (slowHosts) Node(ctx context.Context, _ inventory.NodeName) (patcher.Host, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestNodesThatAreWaitedForAreToldTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []NodesSlow
		p := newSlowTeller(slowHosts{}, func(e Event) { told = append(told, e.(NodesSlow)) })
		ctx, cancel := context.WithTimeout(t.Context(), 12*time.Second)
		defer cancel()
		for i := range 107 {
			go p.Node(ctx, inventory.NodeName(fmt.Sprintf("a%03d", i+1)))
		}
		<-ctx.Done()
		synctest.Wait()
		if len(told) != 1 || len(told[0].Nodes) != 107 {
			t.Errorf("%v", told)
		}
	})
}

func (slowHosts) Visit(inventory.NodeName) (leave func()) { return func() {} }
