package inventory

import (
	"encoding/json"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"
)

// ShowJSON writes what Show writes, as JSON for programs.
func (c *Cluster) ShowJSON(w io.Writer) error {
	v, err := plain(c.shown().Node)
	if err != nil {
		return fmt.Errorf("showing %s: %w", c.Source, err)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	return enc.Encode(v)
}

// plain is a YAML node as encoding/json knows it. Dates stay the texts that
// they are in an inventory.
func plain(n *yaml.Node) (v any, err error) {
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content) && err == nil; i += 2 {
			m[n.Content[i].Value], err = plain(n.Content[i+1])
		}
		return m, err
	case yaml.SequenceNode:
		l := []any{}
		for _, one := range n.Content {
			if v, err = plain(one); err != nil {
				return nil, err
			}
			l = append(l, v)
		}
		return l, nil
	}
	switch n.ShortTag() {
	case "!!int", "!!float", "!!bool", "!!null":
		err = n.Decode(&v)
		return v, err
	}
	return n.Value, nil
}
