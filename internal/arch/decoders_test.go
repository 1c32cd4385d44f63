package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// ownWords are decoders of what nobody but this project writes.
var ownWords = map[string]string{
	"ParseKnownIssues": "reads data that is compiled in, and a test reads all of it",
	"ParseRole":        "reads one of three words, of a plan",
}

// TestEveryDecoderIsFuzzed: what a node or a cluster answers, and what is read
// from a disk, goes through functions called Parse… or Decode…; each is called
// by a fuzz target, or by a function that one calls.
func TestEveryDecoderIsFuzzed(t *testing.T) {
	root := filepath.Join("..", "..")
	decoders, calls := map[string]string{}, map[string][]string{}
	fuzz := map[string]bool{}
	for _, dir := range []string{"dcos", "mesos", "node", "journal", "checks", "flight", "plan", "sshexec", "maintenance"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, decl := range file.Decls {
				f, ok := decl.(*ast.FuncDecl)
				if !ok || f.Recv != nil {
					continue
				}
				name := f.Name.Name
				calls[name] = append(calls[name], callsOf(f)...)
				switch {
				case strings.HasSuffix(path, "_test.go"):
					fuzz[name] = fuzz[name] || strings.HasPrefix(name, "Fuzz")
				case reads(f):
					decoders[name] = filepath.ToSlash(strings.TrimPrefix(path, root))
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	reached := map[string]bool{}
	var reach func(name string)
	reach = func(name string) {
		if reached[name] {
			return
		}
		reached[name] = true
		for _, c := range calls[name] {
			reach(c)
		}
	}
	for name, is := range fuzz {
		if is {
			reach(name)
		}
	}
	if len(decoders) < 25 {
		t.Errorf("only %d decoders were found: the search is wrong", len(decoders))
	}
	for name, file := range decoders {
		if !reached[name] && ownWords[name] == "" {
			t.Errorf("%s: no fuzz target reaches %s", file, name)
		}
	}
}

// reads reports whether a function decodes bytes or a text.
func reads(f *ast.FuncDecl) bool {
	name := f.Name.Name
	if !strings.HasPrefix(strings.ToLower(name), "parse") && !strings.HasPrefix(name, "Decode") || f.Type.Params == nil {
		return false
	}
	for _, p := range f.Type.Params.List {
		switch kind := p.Type.(type) {
		case *ast.Ident:
			if kind.Name == "string" {
				return true
			}
		case *ast.ArrayType:
			if e, ok := kind.Elt.(*ast.Ident); ok && e.Name == "byte" {
				return true
			}
		case *ast.SelectorExpr:
			if kind.Sel.Name == "Reader" {
				return true
			}
		}
	}
	return false
}

// callsOf names what a function mentions: what it calls, or hands on.
func callsOf(f *ast.FuncDecl) []string {
	var names []string
	ast.Inspect(f, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			names = append(names, id.Name)
		}
		return true
	})
	return names
}
