package inventory

import (
	"fmt"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// document is a YAML file under reading; what is wrong with it goes to
// problems, which several documents share.
type document struct {
	file     string
	problems *Problems
	watch    func(at value, f fields, required []string) // told of every mapping that is read; nil but in tests
}

// value is one place of a document: what stands there, and under which path.
// Its methods report what is wrong themselves and say whether to go on.
type value struct {
	doc  *document
	node *yaml.Node
	path string
}

// refuse reports a problem at this place.
func (v value) refuse(what, hint string) {
	v.doc.problems.add(Problem{
		File: v.doc.file, Line: max(v.node.Line, 1), Column: v.node.Column,
		Field: v.path, What: what, Hint: hint,
	})
}

// child is a value below this one, for example ".name" or "[2]".
func (v value) child(node *yaml.Node, suffix string) value {
	return value{doc: v.doc, node: node, path: strings.TrimPrefix(v.path+suffix, ".")}
}

// plain refuses what is written with YAML's cleverness: an alias changes in
// two places at once, and the reader at night sees only one.
func (v value) plain() bool {
	switch {
	case v.node.Kind == yaml.AliasNode:
		v.refuse("is a YAML alias (*"+printable(v.node.Value)+"), which an inventory does not have", "write the value out")
	case v.node.Anchor != "":
		v.refuse("carries a YAML anchor (&"+printable(v.node.Anchor)+"), which an inventory does not have", "remove it")
	case v.node.ShortTag() == "!!null":
		v.refuse("has no value", "fill it in, or remove the line")
	default:
		return true
	}
	return false
}

// text is a scalar exactly as written; a number is text too, so that a
// version of 2.10 does not become 2.1.
func (v value) text() (string, bool) {
	if !v.plain() {
		return "", false
	}
	switch tag := v.node.ShortTag(); {
	case v.node.Kind != yaml.ScalarNode || tag == "!!bool" || tag == "!!binary" || tag == "!!merge":
		v.refuse("is "+kindName(v.node)+"; a text is wanted", "")
		return "", false
	case v.node.Value == "":
		v.refuse("is empty", "fill it in, or remove the line")
		return "", false
	}
	if at := strings.IndexFunc(v.node.Value, unprintable); at >= 0 {
		v.refuse(fmt.Sprintf("has a character that cannot be printed: %+q", v.node.Value), "write one line of plain text")
		return "", false
	}
	return v.node.Value, true
}

// items are the elements of a list that has some.
func (v value) items() []value {
	if !v.plain() {
		return nil
	}
	if v.node.Kind != yaml.SequenceNode {
		v.refuse("is "+kindName(v.node)+"; a list is wanted", "begin each line with \"- \", or write [a, b]")
		return nil
	}
	if len(v.node.Content) == 0 {
		v.refuse("is an empty list", "fill it in, or remove the line")
	}
	all := make([]value, len(v.node.Content))
	for i, n := range v.node.Content {
		all[i] = v.child(n, fmt.Sprintf("[%d]", i))
	}
	return all
}

// oneOrMore is a list, or a single text taken as a list of one.
func (v value) oneOrMore() []value {
	if v.node.Kind == yaml.ScalarNode && v.plain() {
		return []value{v}
	}
	return v.items()
}

func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	switch n.ShortTag() {
	case "!!bool":
		return "the truth value " + n.Value
	case "!!binary":
		return "binary data"
	default:
		return fmt.Sprintf("%q", n.Value)
	}
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// printable is s, quoted when it would disturb a line of text.
func printable(s string) string {
	if strings.ContainsFunc(s, unprintable) {
		return fmt.Sprintf("%+q", s)
	}
	return s
}
