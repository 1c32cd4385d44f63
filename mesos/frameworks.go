package mesos

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// The parts of GET_FRAMEWORKS and, where the room of an agent is asked for, of
// GET_AGENTS that package dcos reads.
func frameworksShape() shape {
	return shape{"type": nil, "get_frameworks": {"frameworks": {"framework_info": {"id": nil, "name": nil}, "active": nil}}}
}

func roomShape() shape {
	resource := shape{"name": nil, "scalar": nil, "role": nil, "reservations": {"role": nil}, "revocable": nil, "shared": nil, "disk": {}, "provider_id": {}}
	return shape{"type": nil, "get_agents": {
		"agents": {"agent_info": {"id": nil}, "total_resources": resource, "allocated_resources": resource, "offered_resources": resource},
	}}
}

const frameworksRoom, roomPerNode = 4 << 20, 16 << 10

// Frameworks lists the frameworks that a leading master knows and has not
// removed (GET_FRAMEWORKS).
func (c *Client) Frameworks(ctx context.Context) ([]dcos.Framework, error) {
	q := call("GET_FRAMEWORKS", largeBody)
	q.keep, q.room = frameworksShape(), frameworksRoom
	return ask(ctx, c, q, dcos.ParseGetFrameworks)
}

// Room is what an agent has for a role, as a leading master counts it
// (GET_AGENTS). An agent that is not listed is an error.
func (c *Client) Room(ctx context.Context, agentID, role string) (dcos.Room, error) {
	q := call("GET_AGENTS", largeBody)
	q.keep, q.room = roomShape(), agentsRoom+roomPerNode*c.nodes
	return ask(ctx, c, q, func(b []byte) (dcos.Room, error) { return dcos.ParseRoom(b, agentID, role) })
}

// Remove removes a framework with its tasks, as an operator (POST /teardown of
// a leading master, which every version has). One that is not there any more is
// a *StatusError.
func (c *Client) Remove(ctx context.Context, frameworkID string) error {
	form := url.Values{"frameworkId": {frameworkID}}.Encode()
	err := c.tell(ctx, letter{path: "/teardown", kind: "application/x-www-form-urlencoded", body: form, wants: http.StatusOK})
	if err != nil {
		return fmt.Errorf("%s POST /teardown: %w", c.base, err)
	}
	return nil
}

// letter is a request, and the status of the answer that is wanted.
type letter struct {
	path       string
	kind, body string // of a POST; empty: a GET
	stream     string // Mesos-Stream-Id; empty: none
	wants      int
}

// jsonKind has no charset: with one Mesos answers 415.
const jsonKind = "application/json"

// tell sends a letter of which only the status of the answer counts.
func (c *Client) tell(ctx context.Context, l letter) error {
	resp, err := c.open(ctx, l)
	if err != nil {
		return err
	}
	return resp.Body.Close() // what it says besides its status is nothing to us
}

// open sends a letter and gives the answer of the wanted status, whose body the
// caller closes.
func (c *Client) open(ctx context.Context, l letter) (*http.Response, error) {
	method, body := http.MethodGet, io.Reader(nil)
	if l.body != "" {
		method, body = http.MethodPost, strings.NewReader(l.body)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+l.path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	if l.body != "" {
		req.Header.Set("Content-Type", l.kind)
		req.GetBody = nil // an http.Client cannot send it again
	}
	if l.stream != "" {
		req.Header.Set(streamHeader, l.stream)
	}
	resp, err := c.doer.Do(req)
	if err != nil {
		return nil, err
	}
	if err = followed(req, resp); err == nil && resp.StatusCode != l.wants {
		err = refusal(resp)
	}
	if err != nil {
		resp.Body.Close()
		return nil, err
	}
	return resp, nil
}
