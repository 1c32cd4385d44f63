package plan

import (
	"fmt"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
)

const (
	kBPerGB = 1 << 20

	// spareKB is what is to be free beyond the packages: logs and tasks go on
	// writing, and old packages are never removed.
	spareKB = kBPerGB
)

// judgeDisk asks for room for the packages that are still to be fetched. The
// next release's take about as much as those that are active, and a fifth is
// added to it.
func (s *builder) judgeDisk(n inventory.Node, f NodeFacts, lacks int) {
	r, missing, all := f.Ready, int64(lacks), int64(len(s.script.Packages))
	if missing > 0 && r.PackagesKB == 0 {
		s.block(Block{Check: CheckDisk, Node: n.Name, What: "how much room its packages take is unknown", Observed: "no answer within 60 s",
			Want: "the size of what is active", Next: advice.Say("du -sk /opt/mesosphere/active/*/ there")})
		return
	}
	need := int64(spareKB)
	if missing > 0 {
		need += r.PackagesKB * missing / all * 12 / 10
	}
	if f.FreeKB < need {
		s.block(Block{Check: CheckDisk, Node: n.Name, What: "too little room for the packages", Observed: gigabytes(f.FreeKB) + " free below /opt/mesosphere",
			Want: fmt.Sprintf("%s: %d packages of %d to fetch, a fifth more, and %s to spare", gigabytes(need), missing, all, gigabytes(spareKB)),
			Next: advice.Say("remove packages below /opt/mesosphere/packages that no link of /opt/mesosphere/active points to, or make room otherwise")})
	}
	if missing > 0 && r.TmpKB < r.LargestKB {
		s.block(Block{Check: CheckDisk, Node: n.Name, What: "too little room in /tmp, where packages come first", Observed: gigabytes(r.TmpKB) + " free in /tmp",
			Want: gigabytes(r.LargestKB) + ", as the largest package that is active", Next: advice.Say("make room in /tmp")})
	}
}

func gigabytes(kB int64) string { return fmt.Sprintf("%.1f GB", float64(kB)/kBPerGB) }
