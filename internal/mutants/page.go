package mutants

import (
	"fmt"
	"regexp"
	"strings"
)

var caughtRow = regexp.MustCompile("(?m)^\\| (\\S+) \\| (.*) \\| `(.*)` \\|$")

// caughtBy reads from a page which test caught each edit, by file and name.
func caughtBy(page string) map[[2]string]string {
	by := map[[2]string]string{}
	for _, row := range caughtRow.FindAllStringSubmatch(page, -1) {
		by[[2]string{row[1], row[2]}] = row[3]
	}
	return by
}

// Page is docs/mutants.md.
func Page(vs []Verdict) string {
	var b strings.Builder
	killed, excused := 0, 0
	for _, v := range vs {
		switch {
		case v.Killed:
			killed++
		case v.Survives != "":
			excused++
		}
	}
	fmt.Fprintf(&b, `# Edits that a test must catch

Written by a test; do not edit. To repeat it:

    make mutants

Each row is an edit of our own source (package `+"`internal/mutants`"+`) that breaks a safety promise. The tests of the
packages named in the table run under it, first the one that this page names; one of them must fail.

%d edits, %d caught (%.1f %%), %d not caught with a reason, %d not caught without one.

| file | the edited program | caught by |
|---|---|---|
`, len(vs), killed, 100*float64(killed)/float64(max(len(vs), 1)), excused, len(vs)-killed-excused)
	for _, v := range vs {
		by := "`" + v.By + "`"
		switch {
		case !v.Killed && v.Survives != "":
			by = "not caught: " + v.Survives
		case !v.Killed:
			by = "**not caught**"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", v.File, v.Name, by)
	}
	return b.String()
}
