package simcluster

import (
	"net/http"
	"net/url"
)

// frameworksV1 is get_frameworks of the leader's GET_FRAMEWORKS: Marathon, whose
// tasks run from the start, and those that have subscribed.
func (c *Cluster) frameworksV1() map[string]any {
	one := func(id, name string, connected bool) map[string]any {
		return map[string]any{"framework_info": map[string]any{"id": value(id), "name": name, "user": "root"}, "active": connected, "connected": connected, "recovered": false}
	}
	list := []any{one(c.mesos.cluster+"-0000", "marathon", true)}
	for _, f := range c.mesos.frameworks {
		list = append(list, one(f.id, f.name, f.connected))
	}
	return map[string]any{"frameworks": list, "completed_frameworks": []any{}}
}

// teardown is the operator's removal of a framework.
func (n *node) teardown(r *http.Request, body []byte) httpReply {
	if n.c.mesos.leader != n {
		return n.redirect("/master/teardown")
	}
	form, err := url.ParseQuery(string(body))
	id := form.Get("frameworkId")
	switch {
	case r.Method != http.MethodPost:
		return httpReply{status: http.StatusMethodNotAllowed, kind: kindText, body: []byte("Expecting one of { 'POST' }, but received '" + r.Method + "'")}
	case err != nil || id == "":
		return textReply(http.StatusBadRequest, "Missing 'frameworkId' query parameter in the request body")
	}
	f := n.c.framework(id)
	if f == nil {
		return textReply(http.StatusBadRequest, "No framework found with specified ID")
	}
	n.c.remove(f)
	return httpReply{status: http.StatusOK}
}
