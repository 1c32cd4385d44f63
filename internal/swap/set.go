package swap

import (
	"fmt"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Set is a set of packages, as little of it as a swap needs.
type Set struct {
	Version  dcos.Version
	Packages []string // ids
	Units    []string
}

// Lay makes the set the active one, on a node that has none, or beside what it has.
func (s Set) Lay(f Files) error { return s.lay(f, "", "") }

// LayNew puts the set beside the active one, as pkgpanda does before it swaps.
func (s Set) LayNew(f Files) error { return s.lay(f, New, UnitNew) }

func (s Set) lay(f Files, suffix, unitSuffix string) error {
	files := map[string]string{
		"bin/pkgpanda":               "#!/bin/sh\n",
		"etc/dcos-version.json":      fmt.Sprintf("{\n  \"version\": %q\n}\n", s.Version),
		"include/README":             "",
		"lib/libc.so":                "",
		"environment":                "PATH=/opt/mesosphere/bin\n",
		"environment.export":         "export PATH=/opt/mesosphere/bin:$PATH\n",
		"active.buildinfo.full.json": fmt.Sprintf("{%q: {}}\n", s.Version),
	}
	for name, text := range files {
		top, rest, in := strings.Cut(name, "/")
		p := dcos.SwapPath(top) + suffix
		if in {
			p += "/" + rest
		}
		if err := f.Write(p, text); err != nil {
			return err
		}
	}
	for _, id := range s.Packages {
		name, _, _ := strings.Cut(id, "--")
		if err := f.Link(dcos.SwapPath("active")+suffix+"/"+name, "../packages/"+id); err != nil {
			return err
		}
	}
	for _, u := range s.Units {
		if err := f.Link(dcos.TargetWants+suffix+"/"+u, dcos.UnitDir+"/"+u); err != nil {
			return err
		}
		if err := f.Write(dcos.UnitDir+"/"+u+unitSuffix, "[Service]\n"); err != nil {
			return err
		}
	}
	return nil
}
