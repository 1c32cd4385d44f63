package inventory

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// Switch is a yes or a no, or nothing said. The zero Switch is Unsaid.
type Switch uint8

// The switches.
const (
	Unsaid Switch = iota
	On
	Off
)

// shown writes a switch that is said; nothing otherwise.
func (s Switch) shown() page {
	value := map[Switch]string{On: "true", Off: "false"}[s]
	return page{&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: value}}
}

// onOff reads true or false.
func onOff(dst *Switch) func(value) {
	return func(v value) {
		switch {
		case !v.plain():
		case v.node.ShortTag() != "!!bool":
			v.refuse("is "+kindName(v.node)+"; true or false is wanted", "")
		case v.node.Value == "true":
			*dst = On
		case v.node.Value == "false":
			*dst = Off
		default:
			v.refuse(fmt.Sprintf("is %s; true or false is wanted, in these letters", v.node.Value), "")
		}
	}
}
