package simcluster

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// httpReply is an HTTP answer; a zero status means that the connection breaks.
type httpReply struct {
	status   int
	kind     string // Content-Type
	body     []byte
	location string
	wait     time.Duration // already scaled
}

const (
	kindJSON = "application/json"
	kindText = "text/plain; charset=utf-8"
)

func textReply(status int, text string) httpReply {
	return httpReply{status: status, kind: kindText, body: []byte(text)}
}

// jsonReply is 200 with a value of maps, slices, strings, numbers and booleans.
func jsonReply(v any) httpReply {
	b, err := json.Marshal(v)
	if err != nil {
		return textReply(http.StatusInternalServerError, err.Error())
	}
	return httpReply{status: http.StatusOK, kind: kindJSON, body: b}
}

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
	a := c.route(to, r, body)
	if a.wait > 0 {
		if !c.pause(r.Context(), a.wait) {
			panic(http.ErrAbortHandler)
		}
		a.wait = 0
		if a.status == 0 { // a metrics request that queued: its answer is of now
			a = c.metricsNow(to)
		}
	}
	if a.status == 0 {
		panic(http.ErrAbortHandler) // the process is gone
	}
	a.write(w)
}

func (a httpReply) write(w http.ResponseWriter) {
	if a.kind != "" {
		w.Header().Set("Content-Type", a.kind)
	}
	if a.location != "" {
		w.Header()["Location"] = []string{a.location}
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

// route finds the answer; the connection may be older than the process.
func (c *Cluster) route(to endpoint, r *http.Request, body []byte) httpReply {
	defer c.enter()()
	if to.n == nil {
		return c.bootstrapAnswer(r)
	}
	if !to.alive() {
		return httpReply{}
	}
	switch to.port {
	case dcos.MesosMasterPort:
		return to.n.masterAnswer(r, body)
	case dcos.MesosAgentPort:
		return to.n.agentAnswer(r, body)
	case dcos.ExhibitorPort:
		if c.opt.ExhibitorTLS {
			return httpReply{} // not a TLS handshake: it hangs up
		}
		if r.URL.Path == dcos.ExhibitorStatus {
			status, body := to.n.exhibitorStatus()
			return httpReply{status: status, kind: kindJSON, body: body}
		}
	case dcos.MarathonPort:
		return c.marathonAnswer(r)
	}
	return textReply(http.StatusNotFound, "not found")
}

func (c *Cluster) marathonAnswer(r *http.Request) httpReply {
	lead := c.marathonLeader()
	switch r.URL.Path {
	case "/ping":
		return textReply(http.StatusOK, "pong")
	case "/v2/leader":
		if lead == nil {
			return httpReply{status: http.StatusNotFound, kind: kindJSON, body: []byte(`{"message":"There is no leader"}`)}
		}
		return jsonReply(map[string]any{"leader": fmt.Sprintf("%s:%d", lead.ip, dcos.MarathonPort)})
	case "/v2/deployments":
		if c.opt.Variant == Enterprise {
			return textReply(http.StatusUnauthorized, "")
		}
		return httpReply{status: http.StatusOK, kind: kindJSON, body: c.deployments()}
	default:
		return textReply(http.StatusNotFound, "")
	}
}

// deployments is what Marathon is in the middle of.
func (c *Cluster) deployments() []byte {
	for _, m := range c.masters() {
		if m.fault(Deploying) {
			return []byte(`[{"id":"5cd987cd-9b4d-4b1f-8a3c-0f8f5a1f2b3c","affectedApps":["/kafka"],"affectedPods":[],"steps":[],"currentStep":1,"totalSteps":1}]`)
		}
	}
	return []byte("[]")
}

// bootstrapAnswer is nginx on the bootstrap node.
func (c *Cluster) bootstrapAnswer(r *http.Request) httpReply {
	_, missing := c.meets(Script404, "")
	_, page := c.meets(ScriptHTML, "")
	_, cut := c.meets(ScriptCut, "")
	switch {
	case cut && r.URL.Path == c.scriptPath():
		return httpReply{status: http.StatusOK, kind: "application/octet-stream", body: c.script[:len(c.script)-30]}
	case r.URL.Path != c.scriptPath() || missing:
		return httpReply{status: http.StatusNotFound, kind: "text/html", body: []byte("<html>\r\n<head><title>404 Not Found</title></head>\r\n</html>\r\n")}
	case page:
		return httpReply{status: http.StatusOK, kind: "text/html", body: []byte("<!DOCTYPE html>\n<html><body>Please log in</body></html>\n")}
	default:
		return httpReply{status: http.StatusOK, kind: "application/octet-stream", body: c.script}
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
	if _, other := c.meets(ScriptOtherVersion, ""); other {
		from = "1.13.4"
	}
	to := c.release(c.opt.To)
	return ScriptText{From: from, To: c.opt.To, Repository: c.repository(), Packages: packagesOf(to), NoBlock: to.noBlock(), Waits: to.waits()}
}
