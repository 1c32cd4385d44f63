package inventory

import (
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// ownGates is an inventory with a gate of every kind.
const ownGates = `prometheus: {url: "http://prom.example.com:9090/p"}
gates:
  - {name: urp, prometheus: "sum(kafka_urp)", want: "== 0"}
  - {name: lag, prometheus: "lag{instance='${IP}:9308'}", want: "< 1e3", span: 2m, every: 30s, within: 10m, timeout: 5s}
  - {name: status, http: "https://status.example.com/v1?run=${RUN}", want: {text: all well}}
  - {name: broker, http: "http://${ADDRESS}:9092/health", via: node, want: {json: {status: green, shards.failed: 0, ready: true}}}
  - {name: probe, command: "./check.sh --deep $NODE"}
  - {name: site, command: ./site.sh, of: cluster}
`

func TestGatesOfAnOperatorAreRead(t *testing.T) {
	c := load(t, base+ownGates)
	d := DefaultGate()
	with := func(change func(*Gate)) Gate {
		g := d
		change(&g)
		return g
	}
	want := []Gate{
		with(func(g *Gate) {
			g.Name, g.Prometheus, g.OfCluster, g.Want = "urp", "sum(kafka_urp)", true, dcos.Comparison{Op: "=="}
		}),
		{Name: "lag", Prometheus: "lag{instance='${IP}:9308'}", Want: dcos.Comparison{Op: "<", Value: 1000},
			Span: 2 * time.Minute, Every: 30 * time.Second, Within: 10 * time.Minute, Timeout: 5 * time.Second},
		with(func(g *Gate) {
			g.Name, g.HTTP, g.OfCluster, g.WantText = "status", "https://status.example.com/v1?run=${RUN}", true, "all well"
		}),
		with(func(g *Gate) {
			g.Name, g.HTTP, g.ViaNode = "broker", "http://${ADDRESS}:9092/health", true
			g.WantJSON = []WantJSON{{"ready", "true"}, {"shards.failed", "0"}, {"status", "green"}}
		}),
		with(func(g *Gate) { g.Name, g.Command = "probe", "./check.sh --deep $NODE" }),
		with(func(g *Gate) { g.Name, g.Command, g.OfCluster = "site", "./site.sh", true }),
	}
	if diff := cmp.Diff(want, c.Gates); diff != "" || c.Prometheus != "http://prom.example.com:9090/p" {
		t.Errorf("%s, asked of %q", diff, c.Prometheus)
	}
	checkRoundTrip(t, c)
}

// place is where a problem is, which tells nothing here.
var place = regexp.MustCompile(`^etc/inventory.yaml:10:\d+: `)

func TestAGateThatCannotBeMeantIsRefused(t *testing.T) {
	const prom = `, prometheus: up, want: "== 1"`
	for _, c := range []struct{ name, gate, want string }{
		{"no name", `command: ./x`, `gates[0].name: is missing (write "name: ...")`},
		{"the name of a gate of ours", `name: units, command: ./x`, `gates[0].name: units is a gate that every run has (name it otherwise)`},
		{"a name that is taken", `name: a, command: ./x}, {name: a, command: ./y`, `gates[1].name: a is the name of a gate already, in line 10 (every gate needs a name of its own)`},
		{"no question", `name: a`, `gates[0]: asks in 0 ways; one is wanted (one of command, http and prometheus)`},
		{"two questions", `name: a, command: ./x, http: "http://h/"`, `gates[0]: asks in 2 ways; one is wanted (one of command, http and prometheus)`},
		{"a query without what is wanted", `name: a, prometheus: up`, `gates[0].want: is missing (what each value must be, such as "== 0")`},
		{"a comparison that is none", `name: a, prometheus: up, want: "= 0"`, `gates[0].want: "= 0" begins with none of == != <= >= < > (such as "== 0" or "< 0.5")`},
		{"a query that nobody answers", `name: a` + prom, `gates[0].prometheus: is a query, and nobody says who answers it (write prometheus: {url: "http://prometheus.example.com:9090"} at the top of the inventory)`},
		{"a word that stands for nothing", `name: a, http: "http://${HOST}/"`, `gates[0].http: has "${HOST}", which stands for nothing (known are ${NODE}, ${ADDRESS}, ${IP}, ${ROLE}, ${RUN})`},
		{"a URL that is none", `name: a, http: "${ADDRESS}:80"`, `gates[0].http: "${ADDRESS}:80" is no URL that can be asked (such as http://${ADDRESS}:9092/health)`},
		{"a password in a URL", `name: a, http: "http://u:p@h/"`, `gates[0].http: is a URL with a user or password in it (an inventory holds no secrets)`},
		{"a command that wants", `name: a, command: ./x, want: "== 0"`, `gates[0].want: is not for commands (a command says yes by exit code 0)`},
		{"a way that is none", `name: a, http: "http://h/", via: master`, `gates[0].via: is "master"; node or controller is wanted (allowed here: controller, node)`},
		{"a way for a command", `name: a, command: ./x, via: node`, `gates[0].via: is about http gates only (remove it)`},
		{"of the cluster, through a node", `name: a, http: "http://h/", via: node, of: cluster`, `gates[0].of: is cluster, and the gate asks about one node (remove it, or what names the node: via: node, ${NODE}, ${ADDRESS}, ${IP}, ${ROLE})`},
		{"of somebody else", `name: a, command: ./x, of: group`, `gates[0].of: is "group"; node or cluster is wanted (allowed here: cluster, node)`},
		{"a span that outlasts patience", `name: a, command: ./x, span: 5m`, `gates[0]: gives up within 5m, and must stay green for 5m: it could never hold (a longer within, or a shorter span)`},
		{"an answer that outlasts patience", `name: a, command: ./x, timeout: 6m`, `gates[0]: waits 6m for one answer, and gives up within 5m (a shorter timeout)`},
		{"a path that is none", `name: a, http: "http://h/", want: {json: {.a: 1}}`, `gates[0].want.json..a: ".a" is no path (names with dots between them, such as shards.failed)`},
		{"no paths", `name: a, http: "http://h/", want: {json: {}}`, `gates[0].want.json: is empty (write {path: value}, such as {status: green})`},
		{"a list where a value belongs", `name: a, http: "http://h/", want: {json: {a: [1]}}`, `gates[0].want.json.a: is a list; a text is wanted`},
	} {
		t.Run(c.name, func(t *testing.T) {
			inv := base + "gates: [{" + c.gate + "}]\n"
			if c.name != "a query that nobody answers" {
				inv += "prometheus: {url: \"http://prom\"}\n"
			}
			got, err := read(inv, nil)
			if err == nil || got != nil {
				t.Fatalf("accepted: %+v", got)
			}
			if diff := cmp.Diff(c.want, place.ReplaceAllString(err.Error(), "")); diff != "" {
				t.Error(diff)
			}
		})
	}
	_, err := read(base+"prometheus: {url: \"file:///x\"}\n", nil)
	if want := `prometheus.url: "file:///x" is no server to ask (such as http://prometheus.example.com:9090)`; err == nil || place.ReplaceAllString(err.Error(), "") != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestNamesOfGatesAreApartAcrossGroups(t *testing.T) {
	_, err := read(with(t, "    policy: {width: 1}\n", "    gates: [{name: a, command: ./x}]\n")+"gates: [{name: a, command: ./x}]\n", nil)
	if err == nil {
		t.Error("two gates have one name")
	}
}
