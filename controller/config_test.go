package controller_test

import (
	"testing"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// TestAConfigThatCannotBeUsedIsRefusedFirst: by the first word of the owner a lock knows
// its machine, and a node refuses any owner but one line, after its epoch was raised.
func TestAConfigThatCannotBeUsedIsRefusedFirst(t *testing.T) {
	onSite(t, simcluster.Options{Masters: 1, Private: 1, Width: 1}, func(s *site) {
		open := func(cfg controller.Config, says string) {
			s.Helper()
			_, err := controller.Open(s.inv, cfg)
			s.invalid("opening the cluster", err, says)
			_, err = controller.OpenRuns(s.inv, cfg)
			s.invalid("opening its runs", err, says)
		}
		for _, owner := range []string{"", " ", "nightly job 42", "ops", "ops@", "@host", " ops@host", "job 42 of ops@host", "ops@host\npid 1", "ops@host\tpid 1"} {
			cfg := s.config("here", nil)
			cfg.Owner = owner
			open(cfg, "owner")
		}
		cfg := s.config("here", nil)
		cfg.Stores = nil
		open(cfg, "stores")
		for _, owner := range []string{"ops@host", "ops@host pid 4312", "zoë@site@host, job 42"} {
			cfg := s.config("here", nil)
			cfg.Owner = owner
			c, err := controller.Open(s.inv, cfg)
			if err != nil {
				s.Fatal(err)
			}
			c.Close()
		}
	})
}
