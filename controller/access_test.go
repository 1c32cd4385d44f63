package controller_test

import (
	"crypto/tls"
	"errors"
	"testing"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/daemons"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/plan"
)

// The daemons of the simulated cluster speak plain HTTP only.
func TestDaemonsThatAreToBeAskedOverTLSAreNotAskedOtherwise(t *testing.T) {
	onSite(t, simcluster.Options{Masters: 3, Private: 1, Width: 1}, func(s *site) {
		cfg := s.config("here", nil)
		cfg.Access = daemons.Access{TLS: &tls.Config{MinVersion: tls.VersionTLS12}}
		c, err := controller.Open(s.inv, cfg)
		if err != nil {
			s.Fatal(err)
		}
		defer c.Close()
		p, err := c.Plan(s.Context(), nil)
		var refused *plan.RefusalError
		if !errors.As(err, &refused) || p.Input.Facts.Cluster.Green || p.Input.Facts.Deployments != nil {
			s.Errorf("planned: %v, %+v", err, p.Input.Facts.Cluster)
		}
		for _, q := range p.Input.Facts.Cluster.Quorums {
			if q.Name == "registrar" && len(q.Serving) > 0 {
				s.Errorf("%s answered", q.Serving)
			}
		}
	})
}
