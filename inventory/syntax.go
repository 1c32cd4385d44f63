package inventory

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"
)

// readDocument parses YAML: exactly one document.
func readDocument(doc *document, data []byte) (value, bool) {
	root := value{doc: doc, node: &yaml.Node{Line: 1}}
	all, err := documents(data)
	switch {
	case err != nil:
		doc.problems.add(syntaxProblem(doc.file, data, err))
		return root, false
	case len(all) == 0 || len(all[0].Content) == 0:
		root.refuse("is empty", "see examples/minimal/inventory.yaml")
		return root, false
	case len(all) > 1:
		value{doc: doc, node: all[1]}.refuse("has a second document (---)", "one file holds one document")
		return root, false
	}
	root.node = all[0].Content[0]
	return root, true
}

// documents parses the documents of a file, two at most.
func documents(data []byte) ([]*yaml.Node, error) {
	var all []*yaml.Node
	for dec := yaml.NewDecoder(bytes.NewReader(data)); len(all) < 2; {
		var n yaml.Node
		err := dec.Decode(&n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		all = append(all, &n)
	}
	return all, nil
}

// yamlPrefix is what yaml.v3 puts before a message.
var yamlPrefix = regexp.MustCompile(`^yaml: (line \d+: )?`)

func syntaxProblem(file string, data []byte, err error) Problem {
	lines := bytes.SplitAfter(data, []byte("\n"))
	at := syntaxLine(lines, err)
	p := Problem{
		File: file, Line: at, Err: err,
		What: "is no YAML: " + printable(yamlPrefix.ReplaceAllString(err.Error(), "")),
		Hint: "the mistake is in this line, or in the one before it",
	}
	for _, line := range lines[max(at-2, 0):at] {
		near := string(line)
		switch {
		case strings.HasPrefix(strings.TrimLeft(near, " "), "\t"):
			p.Hint = "indent with spaces: YAML has no tabs there"
		case strings.Contains(near, "{") && strings.Contains(near, "["):
			p.Hint = "inside { } write a range in quotes: {name: \"a[001-035]\"}"
		}
	}
	return p
}

// syntaxLine is the line in which the parser gave up, from 1. What yaml.v3
// tells is often a line off, or nothing; but the error is the same for every
// beginning of the file that reaches that line, and for none that does not.
func syntaxLine(lines [][]byte, err error) int {
	at := sort.Search(len(lines), func(i int) bool {
		_, same := documents(bytes.Join(lines[:i+1], nil))
		return same != nil && same.Error() == err.Error()
	})
	return min(at+1, len(lines))
}
