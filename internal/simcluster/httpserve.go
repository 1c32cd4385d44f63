package simcluster

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/answers"
	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// answer serves a request to any daemon.
func (c *Cluster) answer(w http.ResponseWriter, r *http.Request) {
	to, _ := r.Context().Value(endpointKey{}).(endpoint)
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if to.schedules(r) {
		c.scheduler(w, r, to, body)
		return
	}
	if wait := c.metricsTurn(to, r); wait > 0 && !c.pause(r.Context(), wait) {
		panic(http.ErrAbortHandler)
	}
	a := c.route(to, r, body)
	if a.Status == 0 || a.Order != nil && !c.store(r, to, a) {
		panic(http.ErrAbortHandler) // the process is gone
	}
	a.Write(w)
}

// route finds the answer; the connection may be older than the process.
func (c *Cluster) route(to endpoint, r *http.Request, body []byte) answers.Reply {
	defer c.enter()()
	if to.n == nil {
		return c.bootstrapAnswer(r)
	}
	if !to.alive() {
		return answers.Reply{}
	}
	switch to.port {
	case dcos.MesosMasterPort, dcos.MesosAgentPort:
		return to.n.mesosAnswer(r, body)
	case dcos.ExhibitorPort:
		if c.opt.ExhibitorTLS {
			return answers.Reply{} // not a TLS handshake: it hangs up
		}
		if r.URL.Path == dcos.ExhibitorStatus {
			status, body := to.n.exhibitorStatus()
			return answers.Reply{Status: status, Type: answers.TypeJSON, Body: body}
		}
	case dcos.MarathonPort:
		return c.marathonAnswer(r)
	}
	return answers.Text(http.StatusNotFound, "not found")
}

func (c *Cluster) marathonAnswer(r *http.Request) answers.Reply {
	lead := c.marathonLeader()
	switch r.URL.Path {
	case "/ping":
		return answers.Text(http.StatusOK, "pong")
	case "/v2/leader":
		if lead == nil {
			return answers.Reply{Status: http.StatusNotFound, Type: answers.TypeJSON, Body: []byte(`{"message":"There is no leader"}`)}
		}
		return answers.JSON(map[string]any{"leader": fmt.Sprintf("%s:%d", lead.ip, dcos.MarathonPort)})
	case "/v2/deployments":
		if c.opt.Variant == Enterprise {
			return answers.Text(http.StatusUnauthorized, "")
		}
		return answers.Reply{Status: http.StatusOK, Type: answers.TypeJSON, Body: c.deployments()}
	default:
		return answers.Text(http.StatusNotFound, "")
	}
}

// deployments is what Marathon is in the middle of.
func (c *Cluster) deployments() []byte {
	for _, m := range c.masters() {
		if m.fault(fault.Deploying) {
			return []byte(`[{"id":"5cd987cd-9b4d-4b1f-8a3c-0f8f5a1f2b3c","affectedApps":["/kafka"],"affectedPods":[],"steps":[],"currentStep":1,"totalSteps":1}]`)
		}
	}
	return []byte("[]")
}

// bootstrapAnswer is nginx on the bootstrap node.
func (c *Cluster) bootstrapAnswer(r *http.Request) answers.Reply {
	_, missing := c.meets(fault.Script404, "")
	_, page := c.meets(fault.ScriptHTML, "")
	_, cut := c.meets(fault.ScriptCut, "")
	switch {
	case cut && r.URL.Path == c.scriptPath():
		return answers.Reply{Status: http.StatusOK, Type: "application/octet-stream", Body: c.script[:len(c.script)-30]}
	case r.URL.Path != c.scriptPath() || missing:
		return answers.Reply{Status: http.StatusNotFound, Type: "text/html", Body: []byte("<html>\r\n<head><title>404 Not Found</title></head>\r\n</html>\r\n")}
	case page:
		return answers.Reply{Status: http.StatusOK, Type: "text/html", Body: []byte("<!DOCTYPE html>\n<html><body>Please log in</body></html>\n")}
	default:
		return answers.Reply{Status: http.StatusOK, Type: "application/octet-stream", Body: c.script}
	}
}

func (c *Cluster) bootstrapAddr() string { return fmt.Sprintf("127.%d.200.1:8080", c.opt.Net) }
func (c *Cluster) repository() string    { return "http://" + c.bootstrapAddr() }
func (c *Cluster) scriptPath() string {
	return "/upgrade/" + strings.ReplaceAll(c.uuid("script"), "-", "") + "/dcos_node_upgrade.sh"
}

// ScriptURL is where the bootstrap node serves the node patch script. It can
// be fetched through any node's tunnel.
func (c *Cluster) ScriptURL() string { return c.repository() + c.scriptPath() }

// Script is the node patch script itself.
func (c *Cluster) Script() []byte { return append([]byte(nil), c.script...) }

func (c *Cluster) scriptText() ScriptText {
	from := c.opt.From
	if _, other := c.meets(fault.ScriptOtherVersion, ""); other {
		from = "1.13.4"
	}
	to := c.release(c.opt.To)
	return ScriptText{From: from, To: c.opt.To, Repository: c.repository(), Packages: packagesOf(to), NoBlock: to.noBlock(), Waits: to.waits()}
}
