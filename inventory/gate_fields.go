package inventory

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"

	"go.yaml.in/yaml/v3"
)

// gatePlace is a gate under reading: what can only be judged when all of it,
// or all of the inventory, is known.
type gatePlace struct {
	Gate
	at, want, of, via *value
	query             *value // of prometheus
}

// readPrometheus reads where queries are answered.
func (b *builder) readPrometheus(v value) {
	v.mapping(fields{"url": text(&b.cluster.Prometheus, serverAddress)}, "url")
}

// readGates reads a list of gates, of a group or of the whole cluster.
func (b *builder) readGates(dst *[]Gate) func(value) {
	return func(v value) {
		for _, item := range v.items() {
			p := gatePlace{Gate: DefaultGate(), at: &item}
			b.readGate(&p)
			*dst = append(*dst, p.Gate)
		}
	}
}

func (b *builder) readGate(p *gatePlace) {
	name := *p.at
	before := len(b.problems.List)
	p.at.mapping(fields{
		"name": func(v value) {
			name = v
			text(&p.Name, gateWord)(v)
		},
		"command": text(&p.Command, anything),
		"http":    text(&p.HTTP, gateURL),
		"prometheus": func(v value) {
			p.query = &v
			text(&p.Prometheus, knownWords)(v)
		},
		"want":    func(v value) { p.want = &v },
		"of":      func(v value) { p.of = &v },
		"via":     func(v value) { p.via = &v },
		"span":    duration(&p.Span),
		"every":   duration(&p.Every),
		"within":  duration(&p.Within),
		"timeout": duration(&p.Timeout),
	}, "name")
	if len(b.problems.List) > before {
		return // what it is cannot be told
	}
	if line, twice := b.gateNames[p.Name]; twice {
		name.refuse(fmt.Sprintf("%s is the name of a gate already, in line %d", p.Name, line), "every gate needs a name of its own")
	}
	b.gateNames[p.Name] = name.node.Line
	p.judge()
	if p.query != nil {
		b.queries = append(b.queries, *p.query)
	}
}

// judge looks at the gate as a whole.
func (p *gatePlace) judge() {
	kinds := 0
	for _, s := range []string{p.Command, p.HTTP, p.Prometheus} {
		if s != "" {
			kinds++
		}
	}
	if kinds != 1 {
		p.at.refuse(fmt.Sprintf("asks in %d ways; one is wanted", kinds), "one of command, http and prometheus")
		return
	}
	p.readVia()
	p.readOf()
	p.readWant()
	switch {
	case p.Within <= p.Span:
		p.at.refuse(fmt.Sprintf("gives up within %s, and must stay green for %s: it could never hold", short(p.Within), short(p.Span)), "a longer within, or a shorter span")
	case p.Timeout > p.Within:
		p.at.refuse(fmt.Sprintf("waits %s for one answer, and gives up within %s", short(p.Timeout), short(p.Within)), "a shorter timeout")
	}
}

func (p *gatePlace) readVia() {
	if p.via == nil {
		return
	}
	s, ok := p.via.text()
	switch {
	case !ok:
	case p.HTTP == "":
		p.via.refuse("is about http gates only", "remove it")
	case s == "node" || s == "controller":
		p.ViaNode = s == "node"
	default:
		p.via.refuse(fmt.Sprintf("is %q; node or controller is wanted", s), didYouMean(s, []string{"controller", "node"}))
	}
}

// readOf finds out whether the gate is of each node or of the cluster: one that
// names no node is of the cluster, and a command is told its node.
func (p *gatePlace) readOf() {
	named := slices.ContainsFunc(ofNode(), func(w string) bool { return strings.Contains(p.HTTP+p.Prometheus, w) }) || p.ViaNode
	p.OfCluster = p.Command == "" && !named
	if p.of == nil {
		return
	}
	s, ok := p.of.text()
	switch {
	case !ok:
	case s == "cluster" && named:
		p.of.refuse("is cluster, and the gate asks about one node", "remove it, or what names the node: via: node, "+strings.Join(ofNode(), ", "))
	case s == "cluster" || s == "node":
		p.OfCluster = s == "cluster"
	default:
		p.of.refuse(fmt.Sprintf("is %q; node or cluster is wanted", s), didYouMean(s, []string{"cluster", "node"}))
	}
}

// readWant reads what counts as a yes, which depends on what is asked.
func (p *gatePlace) readWant() {
	switch {
	case p.Prometheus != "" && p.want == nil:
		p.at.child(p.at.node, ".want").refuse("is missing", "what each value must be, such as \"== 0\"")
	case p.Prometheus != "":
		p.want.scalar(func(s string) (err error) {
			p.Want, err = dcos.ParseComparison(s)
			return err
		})
	case p.want == nil:
	case p.Command != "":
		p.want.refuse("is not for commands", "a command says yes by exit code 0")
	default:
		p.want.mapping(fields{"text": text(&p.WantText, anything), "json": wantJSON(&p.WantJSON)})
	}
}

// scalar reads a text by a parser of its own.
func (v value) scalar(parse func(string) error) {
	if s, ok := v.text(); ok {
		if err := parse(s); err != nil {
			v.refuse(err.Error(), "such as \"== 0\" or \"< 0.5\"")
		}
	}
}

// wantJSON reads values by their paths. A truth value is one of JSON, too.
func wantJSON(dst *[]WantJSON) func(value) {
	return func(v value) {
		all, ok := v.entries()
		if ok && len(all) == 0 {
			v.refuse("is empty", "write {path: value}, such as {status: green}")
		}
		for _, e := range all {
			s := e.node.Value
			if e.node.Kind != yaml.ScalarNode || e.node.ShortTag() != "!!bool" {
				if s, ok = e.text(); !ok {
					continue
				}
			}
			if e.name == "" || strings.HasPrefix(e.name, ".") || strings.HasSuffix(e.name, ".") || strings.Contains(e.name, "..") {
				e.key.refuse(fmt.Sprintf("%q is no path", e.name), "names with dots between them, such as shards.failed")
				continue
			}
			*dst = append(*dst, WantJSON{Path: e.name, Value: s})
		}
		slices.SortFunc(*dst, func(a, b WantJSON) int { return strings.Compare(a.Path, b.Path) })
	}
}

// checkQueries demands a server where there are queries.
func (b *builder) checkQueries() {
	for _, q := range b.queries {
		if b.cluster.Prometheus == "" {
			q.refuse("is a query, and nobody says who answers it", "write prometheus: {url: \"http://prometheus.example.com:9090\"} at the top of the inventory")
		}
	}
}
