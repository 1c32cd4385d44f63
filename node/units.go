package node

import (
	"context"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Units asks systemd for the units by name, in that order. A unit that systemd
// does not know is listed all the same, as not loaded.
func Units(ctx context.Context, h Host, names ...string) ([]dcos.Unit, error) {
	b, err := Read(ctx, h, "units", names...)
	if err != nil {
		return nil, err
	}
	return dcos.ParseUnits(b)
}

// AllUnits asks for every service, socket and timer that dcos.target wants.
// That there is none is an *sshexec.ExitError of code 1: DC/OS is not active.
func AllUnits(ctx context.Context, h Host) ([]dcos.Unit, error) {
	return Units(ctx, h, "--dcos")
}
