package inventory

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// mastersDone is the moment from which on nothing is expected to be red.
const mastersDone = "masters_done"

// neverRed are units that a master cannot be done without.
func neverRed() []string {
	return []string{"dcos-mesos-master.service", "dcos-exhibitor.service", "dcos-net.service"}
}

// expectedRed reads "none", "masters_done", or what may be red until then.
func expectedRed(p *Policy) func(value) {
	return func(v value) {
		if v.node.Kind != yaml.ScalarNode {
			v.mapping(fields{mastersDone: redNames(&p.ExpectedRed)}, mastersDone)
			return
		}
		switch s, ok := v.text(); {
		case !ok:
		case s == none:
			p.NoExpectedRed = true
		case s == mastersDone:
			p.ExpectedRed = DefaultExpectedRed()
		default:
			v.refuse(fmt.Sprintf("is %q; none, masters_done or {masters_done: [...]} is wanted", s), didYouMean(s, []string{mastersDone, none}))
		}
	}
}

// redNames reads the names of units, and of checks as the check runner has them.
func redNames(dst *[]string) func(value) {
	return func(v value) {
		for _, item := range v.items() {
			s, ok := item.checked(redName)
			if !ok {
				continue
			}
			if slices.Contains(*dst, s) {
				item.refuse(fmt.Sprintf("%s is here twice", s), "keep one")
				continue
			}
			*dst = append(*dst, s)
		}
		slices.Sort(*dst)
	}
}

func redName(s string) (what, hint string) {
	unit := slices.ContainsFunc([]string{".service", ".socket", ".timer"}, func(kind string) bool { return strings.HasSuffix(s, kind) })
	suite, check, ofSuite := strings.Cut(s, "/")
	switch {
	case slices.Contains(neverRed(), s):
		return fmt.Sprintf("%s must be up on every master at any time", s), "remove it"
	case unit && onlyOf(s, letters+digits+"._@-"):
		return "", ""
	case ofSuite && (suite == "node-poststart" || suite == "cluster") && check != "" && onlyOf(check, letters+digits+"._-"):
		return "", ""
	}
	return fmt.Sprintf("%q names neither a unit nor a check", s), "such as dcos-marathon.service or node-poststart/components_master"
}
