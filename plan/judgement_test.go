package plan

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
)

const second = Duration(time.Second)

// lookedAt is a healthy cluster of which everything was asked: 20 GB for
// packages of 2 GB, and clocks that agree within 20 ms.
func lookedAt() Input {
	in := healthy(agents("general", "a", 3))
	in.Facts.Script.Repository = "http://boot"
	for name := range in.Facts.Nodes {
		observe(in, name, func(f *NodeFacts) {
			f.Systemd, f.FreeKB, f.Fetched, f.Addresses = 219, 20*kBPerGB, oldPk, []string{"127.0.0.1", f.IP}
			f.Clock = &Clock{Least: -second / 100, Most: second / 100}
			f.Ready = &Readiness{TmpKB: 5 * kBPerGB, PackagesKB: 2 * kBPerGB, LargestKB: kBPerGB / 4, Docker: "active", IPSet: true, Fetch: FetchOK}
		})
	}
	return in
}

// fromNow is the clock of a node that is ahead by at least so much.
func fromNow(least Duration) *Clock { return &Clock{Least: least, Most: least + second/50} }

func TestAPreflightBlocksAndWarnsOf(t *testing.T) {
	type in = *Input
	node := func(name inventory.NodeName, change func(*NodeFacts)) func(in) {
		return func(i in) { observe(*i, name, change) }
	}
	ready := func(name inventory.NodeName, change func(*Readiness)) func(in) {
		return node(name, func(f *NodeFacts) { change(f.Ready) })
	}
	for _, c := range []struct {
		name        string
		change      func(in)
		blocks, who string // check and node; "" for none
		warns       string // check, of the same node
	}{
		{"nothing, of a cluster that is well", func(in) {}, "", "", ""},
		{"deployments under way", func(i in) { i.Facts.Deployments = []string{"/kafka"} }, "deployments", "", ""},
		{"systemd of before slices", node("a1", func(f *NodeFacts) { f.Systemd = 217 }), "systemd", "a1", ""},
		{"an unknown systemd", node("a1", func(f *NodeFacts) { f.Systemd = 0 }), "systemd", "a1", ""},
		{"nothing, at systemd 218", node("a1", func(f *NodeFacts) { f.Systemd = 218 }), "", "", ""},
		{"a login shell of two seconds and a bit", node("a1", func(f *NodeFacts) { f.ShellMS = 2100 }), "", "a1", "shell"},
		{"nothing, of a login shell of two seconds", node("a1", func(f *NodeFacts) { f.ShellMS = 2000 }), "", "", ""},
		{"readiness that nobody knows", ready("a1", func(r *Readiness) { *r = Readiness{Err: "timeout"} }), "readiness", "a1", ""},
		{"docker down on an agent", ready("a1", func(r *Readiness) { r.Docker = "failed" }), "docker", "a1", ""},
		{"docker of which systemd says nothing", ready("a1", func(r *Readiness) { r.Docker = "" }), "docker", "a1", ""},
		{"nothing, of a docker that its socket starts", ready("a1", func(r *Readiness) { r.Docker = "socket" }), "", "", ""},
		{"docker down on a master", ready("m1", func(r *Readiness) { r.Docker = "failed" }), "", "m1", "docker"},
		{"no ipset", ready("a1", func(r *Readiness) { r.IPSet = false }), "", "a1", "ipset"},
		{"packages that the server does not have", ready("a1", func(r *Readiness) { r.Fetch = "404" }), "fetch", "a1", ""},
		{"a bootstrap node out of reach", ready("m2", func(r *Readiness) { r.Fetch = "curl exit code 7" }), "fetch", "m2", ""},
		{"no answer about packages at all", ready("m2", func(r *Readiness) { r.Fetch = "" }), "fetch", "m2", ""},
		{"nothing, where packages come from a file", ready("a1", func(r *Readiness) { r.Fetch = FetchUnasked }), "", "", ""},
		{"nothing, of a node that holds all packages", node("a1", func(f *NodeFacts) { f.Fetched, f.Ready.Fetch, f.Ready.TmpKB, f.Ready.PackagesKB = newPk, "404", 0, 0 }), "", "", ""},
		{"a unit of somebody else's", ready("a1", func(r *Readiness) { r.ForeignUnits = []string{"portworx.service"} }), "foreign-units", "a1", ""},
		{"a file of somebody else's", ready("a1", func(r *Readiness) { r.ForeignFiles = []string{"/opt/mesosphere/bin/x"} }), "", "a1", "foreign-files"},
		{"an event subscriber", ready("m1", func(r *Readiness) { r.EventSubscriber = true }), "event-subscribers", "m1", ""},
		// Two of three packages are missing: 2 GB * 2/3 * 1.2 + 1 GB are 2.6 GB.
		{"too little room for what is missing", node("a1", func(f *NodeFacts) { f.FreeKB = 26 * kBPerGB / 10 * 99 / 100 }), "disk", "a1", ""},
		{"nothing, of just enough room", node("a1", func(f *NodeFacts) { f.FreeKB = 26 * kBPerGB / 10 }), "", "", ""},
		{"less than a gigabyte, though all is there", node("a1", func(f *NodeFacts) { f.Fetched, f.FreeKB = newPk, kBPerGB-1 }), "disk", "a1", ""},
		{"room that nobody knows", node("a1", func(f *NodeFacts) { f.FreeKB = 0 }), "disk", "a1", ""},
		{"packages of unknown size", ready("a1", func(r *Readiness) { r.PackagesKB = 0 }), "disk", "a1", ""},
		{"too little room in /tmp", ready("a1", func(r *Readiness) { r.TmpKB = r.LargestKB - 1 }), "disk", "a1", ""},
		{"nothing, of a node at the target without room", node("a1", func(f *NodeFacts) { patched(f); f.FreeKB = 1; f.Ready.ForeignFiles = []string{"x"} }), "", "", ""},
		{"a clock that nobody knows", node("a1", func(f *NodeFacts) { f.Clock = &Clock{Err: "no milliseconds"} }), "clock", "a1", ""},
		{"masters certainly apart", node("m3", func(f *NodeFacts) { f.Clock = fromNow(second/4 + second/50) }), "clock", "", ""},
		{"a master certainly behind", node("m3", func(f *NodeFacts) { f.Clock = fromNow(-second) }), "clock", "", ""},
		{"nothing, of masters that may be apart and may not", node("m3", func(f *NodeFacts) { f.Clock = fromNow(second / 4) }), "", "", ""},
		{"masters whose answers take too long to tell", node("m3", func(f *NodeFacts) { f.Clock = &Clock{Least: -second, Most: second} }), "", "", "clock"},
		{"an agent a minute ahead", node("a1", func(f *NodeFacts) { f.Clock = fromNow(61 * second) }), "clock", "a1", ""},
		{"an agent a minute behind", node("a1", func(f *NodeFacts) { f.Clock = fromNow(-61 * second) }), "clock", "a1", ""},
		{"an agent seconds behind", node("a1", func(f *NodeFacts) { f.Clock = fromNow(-3 * second) }), "", "a1", "clock"},
		{"nothing, of an agent just a second ahead", node("a1", func(f *NodeFacts) { f.Clock = fromNow(second) }), "", "", ""},
		{"nothing, of an agent that answers slowly", node("a1", func(f *NodeFacts) { f.Clock = &Clock{Least: -90 * second, Most: second} }), "", "", ""},
		{"nothing, when it is our own clock that is off", func(i in) {
			for name := range i.Facts.Nodes {
				observe(*i, name, func(f *NodeFacts) { f.Clock = fromNow(-3600 * second) })
			}
		}, "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			i := lookedAt()
			c.change(&i)
			j, err := Judge(i)
			if err != nil {
				t.Fatal(err)
			}
			is := func(all []Block, check string) bool {
				if check == "" {
					return len(all) == 0
				}
				return len(all) == 1 && all[0].Check == check && string(all[0].Node) == c.who && all[0].What != "" && all[0].Observed != "" && all[0].Want != "" && all[0].Next != nil
			}
			if !is(j.Blocks, c.blocks) || !is(j.Warnings, c.warns) {
				t.Errorf("blocks %+v, warnings %+v; want %q and %q of %q", j.Blocks, j.Warnings, c.blocks, c.warns, c.who)
			}
			if _, err := Build(i); (err == nil) != (c.blocks == "") {
				t.Errorf("Build: %v", err)
			}
		})
	}
}

func TestAPlanCallsNodesCleanOnlyWhenAllWasAskedOfThem(t *testing.T) {
	in := lookedAt()
	if note := mustBuild(t, in).Stages[0].Note; note != "6 clean, 0 warn, 0 block" {
		t.Errorf("%q", note)
	}
	observe(in, "a2", func(f *NodeFacts) { f.Ready = nil })
	if note := mustBuild(t, in).Stages[0].Note; note != "" {
		t.Errorf("%q, and nobody has asked a2", note)
	}
}

func TestATallyCountsEachNodeOnceByTheWorst(t *testing.T) {
	in := lookedAt()
	observe(in, "a1", func(f *NodeFacts) { f.Ready.IPSet, f.Ready.Docker, f.FreeKB = false, "failed", 1 })
	observe(in, "a2", func(f *NodeFacts) { f.Ready.IPSet, f.ShellMS = false, 9000 })
	in.Facts.Script.SHA256 = "bad" // the cluster's, and no node's
	j, err := Judge(in)
	if clean, warned, blocked := j.Tally(); clean != 4 || warned != 1 || blocked != 2 || j.Nodes != 6 || err != nil {
		t.Errorf("%s of %d: %+v, %v", j, j.Nodes, j, err)
	}
	in.Inventory.Exclusions = []inventory.Exclusion{{Node: "a1", Reason: "PSU"}}
	if j, _ := Judge(in); j.Nodes != 5 || j.String() != "4 clean, 1 warn, 1 block (the cluster)" {
		t.Errorf("with a1 excluded: %s of %d", j, j.Nodes)
	}
}

func TestAWaiverLetsOneCheckOfOneNodePassAndIsPartOfThePlan(t *testing.T) {
	until := today.AddDate(0, 0, 7)
	for _, c := range []struct {
		name   string
		waiver Waiver
		passes bool
	}{
		{"the check and the node that block", Waiver{Check: CheckDisk, Node: "a1", Reason: "logs go tonight", Until: until}, true},
		{"to the end of its last day", Waiver{Check: CheckDisk, Node: "a1", Reason: "r", Until: today.Truncate(24 * time.Hour)}, true},
		{"not a day later", Waiver{Check: CheckDisk, Node: "a1", Reason: "r", Until: today.AddDate(0, 0, -1)}, false},
		{"not for another node", Waiver{Check: CheckDisk, Node: "a2", Reason: "r", Until: until}, false},
		{"not for the cluster", Waiver{Check: CheckDisk, Reason: "r", Until: until}, false},
		{"not for another check", Waiver{Check: CheckSystemd, Node: "a1", Reason: "r", Until: until}, false},
		{"not without a reason", Waiver{Check: CheckDisk, Node: "a1", Until: until}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := lookedAt()
			observe(in, "a1", func(f *NodeFacts) { f.FreeKB = kBPerGB / 2 })
			in.Waivers = []Waiver{c.waiver}
			p, err := Build(in)
			if (err == nil) != c.passes {
				t.Fatalf("%v", err)
			}
			if err != nil {
				return
			}
			if !slices.Equal(p.Waivers, in.Waivers) {
				t.Errorf("the plan has waivers %v", p.Waivers)
			}
			j, _ := Judge(in)
			if len(j.Warnings) != 1 || !strings.Contains(j.Warnings[0].Next.String(), c.waiver.Reason) {
				t.Errorf("a waived block is a warning with the reason, not %+v", j.Warnings)
			}
			other := *p
			other.Waivers = nil
			if ok(Identity(&other)) == p.ID {
				t.Error("an approval of the plan would hold without the waiver")
			}
		})
	}
}

func TestWhatCannotBeWaivedIsNotWaived(t *testing.T) {
	for name, change := range map[string]func(*Input){
		"clock":  func(i *Input) { observe(*i, "a1", func(f *NodeFacts) { f.Clock = fromNow(99 * second) }) },
		"fetch":  func(i *Input) { observe(*i, "a1", func(f *NodeFacts) { f.Ready.Fetch = "404" }) },
		"docker": func(i *Input) { observe(*i, "a1", func(f *NodeFacts) { f.Ready.Docker = "failed" }) },
	} {
		in := lookedAt()
		change(&in)
		in.Waivers = []Waiver{{Check: name, Node: "a1", Reason: "r", Until: today}}
		got := refused(t, in)
		if len(got) != 2 || got[0].Check != "waiver" || got[1].Check != name {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
