package mesos

import (
	"context"
	"errors"
	"net/http"

	"github.com/dcos-patch/dcos-patch/dcos"
)

var errTODO = errors.New("not written yet")

// Doer sends one request. *http.Client is one; its CheckRedirect should return
// http.ErrUseLastResponse, for a redirect that was followed is refused.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// Client asks one Mesos daemon.
type Client struct {
	doer Doer
	base string
}

// New asks the daemon at base ("http://10.20.0.11:5050") through doer.
func New(doer Doer, base string) *Client { return &Client{doer, base} }

// Agents lists the agents; only a leading master that has recovered answers.
func (c *Client) Agents(ctx context.Context) (dcos.Agents, error) { return dcos.Agents{}, errTODO }

// Tasks lists the tasks of a leading master or of an agent.
func (c *Client) Tasks(ctx context.Context) (dcos.Tasks, error) { return dcos.Tasks{}, errTODO }

// Self is what an agent says about itself.
func (c *Client) Self(ctx context.Context) (dcos.AgentSelf, error) { return dcos.AgentSelf{}, errTODO }

// Health is nil when the daemon answers GET_HEALTH with healthy.
func (c *Client) Health(ctx context.Context) error { return errTODO }

// Metrics reads /metrics/snapshot. Use a Reader where several callers ask.
func (c *Client) Metrics(ctx context.Context) (dcos.Metrics, error) { return nil, errTODO }

// Version reads /version.
func (c *Client) Version(ctx context.Context) (dcos.MesosVersion, error) {
	return dcos.MesosVersion{}, errTODO
}

// Flags reads /flags.
func (c *Client) Flags(ctx context.Context) (map[string]string, error) { return nil, errTODO }
