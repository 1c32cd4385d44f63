package arch

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var mdLink = regexp.MustCompile(`\]\(([^)#\s]+\.[a-z]+)(#[^)]*)?\)`)

// TestLinksOfDocumentsLead: a link from one document of the project to another, or
// to one of its files, leads to a file that is there.
func TestLinksOfDocumentsLead(t *testing.T) {
	links := 0
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/decisions/*.md"} {
		documents, err := filepath.Glob(filepath.Join("../..", pattern))
		if err != nil || len(documents) == 0 {
			t.Fatalf("%s: %d documents, %v", pattern, len(documents), err)
		}
		for _, document := range documents {
			text, err := os.ReadFile(document)
			if err != nil {
				t.Fatal(err)
			}
			for _, link := range mdLink.FindAllStringSubmatch(string(text), -1) {
				if strings.Contains(link[1], "://") {
					continue
				}
				links++
				if _, err := os.Stat(filepath.Join(filepath.Dir(document), link[1])); err != nil {
					t.Errorf("%s: link to %s: %v", document, link[1], err)
				}
			}
		}
	}
	if links < 20 {
		t.Errorf("%d links found: the pattern finds too few", links)
	}
}
