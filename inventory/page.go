package inventory

import (
	"time"

	"go.yaml.in/yaml/v3"
)

// page is YAML being written. What is empty is left out.
type page struct{ *yaml.Node }

func mapping() page { return page{&yaml.Node{Kind: yaml.MappingNode}} }
func flow() page    { return page{&yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}} }
func list() page    { return page{&yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}} }

// scalar is a text. The encoder puts it in quotes when it would otherwise be
// read as something else than Parse takes for a text.
func scalar(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Value: s}
	switch n.ShortTag() {
	case "!!int", "!!float", "!!timestamp":
		return n // text for Parse, as it stands
	}
	n.Tag = "!!str"
	return n
}

func (p page) set(name, s string) page {
	if s != "" {
		p.Content = append(p.Content, scalar(name), scalar(s))
	}
	return p
}

func (p page) setTime(name string, d time.Duration) page {
	if d > 0 {
		p.set(name, short(d))
	}
	return p
}

func (p page) setNode(name string, n page) page {
	if n.Node != nil && (n.Kind == yaml.ScalarNode || len(n.Content) > 0) {
		p.Content = append(p.Content, scalar(name), n.Node)
	}
	return p
}

func (p page) add(n page) { p.Content = append(p.Content, n.Node) }
