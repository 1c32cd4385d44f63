package arch

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// rules are what neither the compiler nor staticcheck sees. Each says where it
// does not hold, and why it is one.
var rules = []struct {
	pattern *regexp.Regexp
	except  string // folders, and what lies below them
	why     string
}{
	{regexp.MustCompile(`\btime\.Sleep\(`), "e2e", "a sleep cannot be cancelled: select on a timer and the context"},
	{regexp.MustCompile(`\bos\.Exit\(|\blog\.Fatal`), "cmd e2e internal/bench", "only main ends the process"},
	{regexp.MustCompile(`\bfmt\.Print`), "e2e", "only render and cmd print, and to a writer that they were given"},
	{regexp.MustCompile(`InsecureIgnoreHostKey`), "", "host keys are always checked"},
	{regexp.MustCompile(`context\.(Background|TODO)\(`), "cmd e2e internal/simcluster internal/bench", "contexts come from main"},
	{regexp.MustCompile(`^func init\(\)`), "", "nothing happens on import"},
	{regexp.MustCompile(`["\x60].*dcos-patch (abandon|apply|check|dev gates|lock|park|plan|preflight|resume|runs|stage|status|sweep)\b`), "", "commands are data (package advice): render.Program writes them with the inventory that was given"},
	{regexp.MustCompile(`\bos\.(Getenv|LookupEnv|Stdin|Stdout|Stderr|Args)\b`), "cmd e2e internal/bench internal/installed internal/proof journal sshexec", "a library's surroundings come from its caller; journal and sshexec follow XDG and ssh_config"},
	{regexp.MustCompile(`["\x60].*\b(nobody has|at rest|whoever|anew|for ever|by now|as they should|backwards|befall|patience|amiss)\b.*["\x60]`), "", "plain, current words (CONTRIBUTING.md): people read this at three in the morning, many in a second language"},
	{regexp.MustCompile(`\bjson\.NewEncoder\(`), "e2e internal/rehearse internal/simcluster inventory render sshexec", "JSON for programs goes through render.Value: a node's words may not drive a terminal"},
	{regexp.MustCompile(`"reflect"`), "plan", "values have types; plan reads JSON strictly with it"},
}

// clock is what a package that only decides may not do.
var clock = regexp.MustCompile(`\btime\.(Now|Since|Until|After|New)|\belapsed\.Since\(|\bgo func\b`)

// TestSourceRules reads every source file of the project but tests.
func TestSourceRules(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "testdata") {
			return err
		}
		seen++
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		check(t, filepath.ToSlash(rel), string(text))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 50 {
		t.Errorf("only %d files were read: the walk is wrong", seen)
	}
}

func check(t *testing.T, file, text string) {
	for n, line := range strings.Split(text, "\n") {
		code, _, _ := strings.Cut(line, "//")
		if clock.MatchString(code) && (below("steps", file) || filepath.ToSlash(filepath.Dir(file)) == "maintenance") {
			t.Errorf("%s:%d: packages that decide get the time with each answer, and start nothing\n\t%s", file, n+1, strings.TrimSpace(line))
		}
		for _, r := range rules {
			if r.pattern.MatchString(code) && !below(r.except, file) {
				t.Errorf("%s:%d: %s\n\t%s", file, n+1, r.why, strings.TrimSpace(line))
			}
		}
	}
}

func below(folders, file string) bool {
	for _, f := range strings.Fields(folders) {
		if strings.HasPrefix(file, f+"/") {
			return true
		}
	}
	return false
}
