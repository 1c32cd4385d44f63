package answers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Master is what one Mesos master knows at a moment.
type Master struct {
	ID, IP    string // ID begins the ids of agents, frameworks and offers
	Build     Build
	Cluster   string // its name
	Masters   int    // that there should be
	Marathon  string // id of the framework whose tasks run from the start
	Leader    string // address of the detected leader, dead or alive; empty: none
	Leads     bool   // it is elected
	Recovered bool   // it has read its registry, as leader
	Uptime    time.Duration
	Voting    bool // its replica of the log has recovered
	Ensemble  int  // replicas of the log that it sees
	Limits    Limits

	Agents      func() []Agent     // of the registry; asked once an answer needs them
	Ghosts      int                // unreachable agents besides
	Frameworks  []Framework        // that have subscribed, besides Marathon
	Maintenance func() Maintenance // asked as Agents; nil: there is none
}

// Limits are the timeouts of a master, as its flags say them.
type Limits struct {
	Ping       time.Duration
	Pings      int
	Reregister time.Duration
	Fetch      time.Duration // of the registry
	Session    time.Duration // of ZooKeeper
}

// Path is a request's path at a master, where every path is also there below /master.
func Path(r *http.Request) string { return strings.TrimPrefix(r.URL.Path, "/master") }

// Answer answers every request but for metrics and the scheduler API. An answer with an
// order is to be sent when that is carried out.
func (m Master) Answer(r *http.Request, body []byte) Reply {
	switch path := Path(r); path {
	case "/version":
		return JSON(m.Build.json())
	case "/health":
		return Reply{Status: http.StatusOK}
	case "/flags":
		return JSON(Object{"flags": m.flags()})
	case "/redirect":
		return m.Redirect("")
	case "/api/v1":
		return m.operator(r, body)
	case "/slaves", "/state":
		a := m.v0(path)
		if r.URL.RawQuery != "" && a.Location != "" {
			a.Location += "?" + r.URL.RawQuery
		}
		return a
	case "/maintenance/schedule", "/maintenance/status", "/machine/down", "/machine/up":
		return m.v0Maintenance(r, path, body)
	default:
		return notFound()
	}
}

// Redirect points to a path at the detected leader.
func (m Master) Redirect(path string) Reply {
	if m.Leader == "" {
		return Text(http.StatusServiceUnavailable, "No leader elected")
	}
	return Reply{Status: http.StatusTemporaryRedirect, Location: fmt.Sprintf("//%s:%d%s", m.Leader, dcos.MesosMasterPort, path)}
}

// ready is the refusal of a master that cannot answer a call itself; a leader that has read its registry can.
func (m Master) ready(path string, refused Reply) Reply {
	switch {
	case !m.Leads:
		return m.Redirect("/master" + path)
	case refused.Status != 0:
		return refused
	case !m.Recovered:
		return Text(http.StatusServiceUnavailable, "Master has not finished recovery")
	}
	return Reply{}
}

// v0: a leader that has not read its registry answers 200, and with nothing in it.
func (m Master) v0(path string) Reply {
	switch {
	case !m.Leads:
		return m.Redirect("/master" + path)
	case path == "/slaves":
		return JSON(Object{"slaves": m.list(Registered, m.v0Agent), "recovered_slaves": m.list(Recovering, func(a Agent) Object { return a.v0() })})
	}
	return JSON(Object{"slaves": m.list(Registered, m.v0Agent), "frameworks": []Object{}})
}

func (m Master) operator(r *http.Request, body []byte) Reply {
	call, refused := readCall(r, body, "master")
	if no := m.ready("/api/v1", refused); no.Status != 0 {
		return no
	}
	if a, ok := commonCall(call, m.Build, m.flags()); ok {
		return a
	}
	switch call {
	case "GET_AGENTS":
		return called(call, Object{"agents": m.list(Registered, m.v1Agent), "recovered_agents": m.list(Recovering, Agent.info)})
	case "GET_FRAMEWORKS":
		return called(call, m.frameworks())
	case "GET_TASKS":
		return called(call, m.tasks())
	case "GET_MAINTENANCE_SCHEDULE":
		return called(call, Object{"schedule": m.maintenance().schedule()})
	case "GET_MAINTENANCE_STATUS":
		return called(call, Object{"status": m.maintenance().status()})
	case "GET_QUOTA":
		return called(call, Object{"status": Object{}}) // none is set here
	}
	if a := m.order(call, body); a.Status != 0 {
		return a
	}
	return otherCall(call, "master")
}

// list writes the agents of the registry that are in a phase.
func (m Master) list(p Phase, write func(Agent) Object) []Object {
	list := []Object{}
	if !m.Recovered {
		return list
	}
	for _, a := range m.Agents() {
		if a.Phase == p {
			list = append(list, write(a))
		}
	}
	return list
}

// maintenance is what the master knows of machines: nothing before it has read its registry.
func (m Master) maintenance() Maintenance {
	if m.Maintenance == nil || !m.Recovered {
		return Maintenance{}
	}
	return m.Maintenance()
}

// v0Maintenance answers what a leader that has not read its registry answers as well, as
// if nothing were scheduled.
func (m Master) v0Maintenance(r *http.Request, path string, body []byte) Reply {
	var schedule postedSchedule
	var machines []MachineID
	text := ""
	switch get := r.Method == http.MethodGet; {
	case !m.Leads:
		return m.Redirect("/master" + path)
	case path == "/maintenance/status":
		return JSON(m.maintenance().status())
	case path == "/maintenance/schedule" && get:
		return JSON(m.maintenance().schedule())
	case path == "/maintenance/schedule" && r.Method != http.MethodPost:
		return notAllowed(r, "'GET', 'POST'")
	case r.Method != http.MethodPost:
		return notPost(r)
	case path == "/maintenance/schedule":
		if text = scheduleMessage().read(body, &schedule); text == "" {
			return m.update(schedule)
		}
	default:
		if text = readMachines(body, &machines); text == "" && path == "/machine/down" {
			return m.start(machines)
		} else if text == "" {
			return m.stop(machines)
		}
	}
	return bad("%s", text)
}

// readMachines reads the list that is posted to take machines down or up.
func readMachines(body []byte, machines *[]MachineID) string {
	switch {
	case !json.Valid(body):
		return syntaxError
	case json.Unmarshal(body, machines) != nil:
		return "Unexpected JSON type parsed"
	}
	return ""
}

// flags are all strings, as Mesos has them.
func (m Master) flags() map[string]string {
	return map[string]string{
		"agent_ping_timeout":       duration(m.Limits.Ping),
		"max_agent_ping_timeouts":  strconv.Itoa(m.Limits.Pings),
		"agent_reregister_timeout": duration(m.Limits.Reregister),
		"registry_fetch_timeout":   duration(m.Limits.Fetch),
		"registry_store_timeout":   duration(m.Limits.Fetch),
		"zk_session_timeout":       duration(m.Limits.Session),
		"zk":                       fmt.Sprintf("zk://127.0.0.1:%d/mesos", dcos.ZooKeeperPort),
		"quorum":                   strconv.Itoa(m.Masters/2 + 1),
		"cluster":                  m.Cluster,
		"hostname":                 m.IP,
		"hostname_lookup":          "false",
		"ip":                       m.IP,
		"port":                     strconv.Itoa(dcos.MesosMasterPort),
		"work_dir":                 "/var/lib/dcos/mesos/master",
		"authenticate_agents":      "false",
	}
}

// Teardown reads the request to remove a framework. With a status the reply is
// the refusal; else it is to be removed, and answered 200.
func (m Master) Teardown(r *http.Request, body []byte) (id string, no Reply) {
	form, err := url.ParseQuery(string(body))
	id = form.Get("frameworkId")
	_, known := m.framework(id)
	switch {
	case !m.Leads:
		return "", m.Redirect("/master/teardown")
	case r.Method != http.MethodPost:
		return "", notPost(r)
	case err != nil || id == "":
		return "", Text(http.StatusBadRequest, "Missing 'frameworkId' query parameter in the request body")
	case !known:
		return "", Text(http.StatusBadRequest, "No framework found with specified ID")
	}
	return id, Reply{}
}
