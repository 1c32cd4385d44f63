package plan

import (
	"fmt"
	"math"
	"slices"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// oldest is the first DC/OS that this program knows how to patch.
const oldest dcos.Version = "1.11.0"

// judgeCluster blocks for what concerns no single node.
func (s *builder) judgeCluster() {
	if s.c.ID == "" {
		s.block(Block{What: "the inventory does not say which cluster it is", Observed: s.observedID(),
			Want: "cluster.id", Next: advice.Say("write the id into the inventory after making sure that it is the cluster you mean")})
	}
	if s.firstMasterAnswers() { // script and health are read through it; its own block says why they were not
		s.judgeScript()
		s.judgeVersions()
		s.judgeGreen()
	}
	s.judgeUnknownAgents()
	if all := s.in.Facts.Deployments; len(all) > 0 {
		s.block(Block{Check: CheckDeployments, What: "Marathon is in the middle of deployments", Observed: few(all), Want: "none",
			Next: advice.Say("wait for their end, or stop them: dcos marathon deployment list")})
	}
	s.judgeNames()
	s.judgeSecurity()
	f := s.c.Rehearsal.TimeScale
	if f < 0 || math.IsNaN(f) || math.IsInf(f, 0) {
		s.block(Block{What: "the rehearsal's time_scale is no factor", Observed: fmt.Sprint(f),
			Want: "a number above 0", Next: advice.Say("correct rehearsal.time_scale in the inventory")})
	}
	if len(s.c.Masters) == 0 {
		s.block(Block{What: "the inventory has no masters", Observed: "0 masters", Want: "at least 3",
			Next: advice.Say("add the masters to the inventory")})
	}
}

// firstMasterAnswers reports whether the survey could look at the cluster.
func (s *builder) firstMasterAnswers() bool {
	return len(s.c.Masters) == 0 || s.facts(s.c.Masters[0].Name).Err == ""
}

// judgeSecurity compares the declared security mode with the variant found.
func (s *builder) judgeSecurity() {
	mode, variant := s.c.Security.Mode, s.variant()
	if mode == "" || variant == "" || (mode == "open") == (variant == "open") {
		return
	}
	s.block(Block{What: "the cluster's security is not the declared one", Observed: "DC/OS " + variant,
		Want: "security mode " + mode, Next: advice.Say("correct security.mode in the inventory")})
}

func (s *builder) observedID() string {
	for _, m := range s.nodes {
		if id := s.facts(m.Name).ClusterID; id != "" {
			return fmt.Sprintf("%s says %s", m.Name, id)
		}
	}
	return "no node says one"
}

// judgeScript compares the script that was read with the one that was meant.
func (s *builder) judgeScript() {
	t, sc := s.c.Target, s.script
	if why := s.in.Facts.ScriptErr; why != "" {
		s.block(Block{What: "the node patch script cannot be used", Observed: why, Want: "the script that the installer has made",
			Next: advice.Say("open the URL, compare it with the line \"Node upgrade script URL\" that the installer printed, then ").Run("plan")})
		return
	}
	if sc.SHA256 == "" || len(sc.Packages) == 0 || sc.From == "" || sc.To == "" {
		s.block(Block{What: "the node patch script is not known whole",
			Observed: fmt.Sprintf("sha256 %q, %d packages, from %q to %q", sc.SHA256, len(sc.Packages), sc.From, sc.To),
			Want:     "all of them, read out of the script",
			Next:     advice.Say("check that target.url is the node patch script and that the masters can fetch it: " + t.URL)})
	}
	differs := func(what, observed, want string) {
		if want != "" && observed != want {
			s.block(Block{What: what, Observed: observed, Want: want,
				Next: advice.Say("generate the script again, or correct the target in the inventory")})
		}
	}
	differs("the script starts from another version than the target says", string(sc.From), string(t.From))
	differs("the script leads to another version than the target says", string(sc.To), string(t.To))
	if t.SHA256 != "" && sc.SHA256 != t.SHA256 {
		s.block(Block{What: "the script is not the one that was pinned", Observed: "sha256 " + sc.SHA256,
			Want: "sha256 " + t.SHA256, Next: advice.Say("find out who changed it before pinning another")})
	}
}

// judgeVersions allows patches only: the same minor, forwards or in place.
func (s *builder) judgeVersions() {
	from, to := s.script.From, s.script.To
	if from == "" || to == "" {
		return // judgeScript has said so
	}
	observed := fmt.Sprintf("from %s to %s", from, to)
	switch {
	case from.Minor() == "" || to.Minor() == "":
		s.block(Block{What: "a version cannot be read", Observed: observed, Want: "MAJOR.MINOR.PATCH",
			Next: advice.Say("generate the script with the version that is installed")})
	case from.Compare(oldest) < 0 || to.Compare(oldest) < 0:
		s.block(Block{What: "this DC/OS is too old", Observed: observed, Want: "1.11 or later",
			Next: advice.Say("upgrade by hand, as the documentation of that release says")})
	case from.Minor() != to.Minor():
		s.block(Block{What: "this is an upgrade, not a patch", Observed: observed, Want: "the same minor version",
			Next: advice.Say("follow the upgrade procedure of DC/OS: agents and frameworks need steps between minors")})
	case from.Compare(to) > 0:
		s.block(Block{What: "a downgrade is not supported", Observed: observed, Want: "the same version or a later one",
			Next: advice.Say("DC/OS has no downgrade: patch forward")})
	}
}

// judgeGreen asks the cluster's own evidence.
func (s *builder) judgeGreen() {
	obs := s.in.Facts.Cluster
	s.foresee(obs)
	if obs.Green {
		return
	}
	told := false
	for _, f := range obs.Findings {
		if f.Status.OK() {
			continue
		}
		told = true
		s.block(Block{Node: s.known(f.Node), What: "the cluster is not healthy: " + f.Check, Observed: orUnknown(f.Observed, f.Status),
			Want: orElse(f.Want, "the check to pass"), Next: advice.Say(orElse(f.Hint, "repair it first, then plan again")), DueTo: s.explained(obs.DueTo[f.Check])})
	}
	if !told {
		s.block(Block{What: "the cluster is not known to be healthy", Observed: "no evidence that it is",
			Want: "one working leader, every master serving", Next: advice.Say("look at the masters, then plan again")})
	}
}

// foresee warns of the operator's gates that later work will wait for.
func (s *builder) foresee(obs Observation) {
	for _, f := range obs.Findings {
		if f.Status == dcos.Warned {
			s.warn(Block{Check: f.Check, What: "gate " + f.Check + " is red", Observed: f.Observed, Want: f.Want, Next: advice.Say(f.Hint)})
		}
	}
}

// known keeps a finding's node only if it can be sorted among the others.
func (s *builder) known(name string) inventory.NodeName {
	if slices.ContainsFunc(s.nodes, func(n inventory.Node) bool { return string(n.Name) == name }) {
		return inventory.NodeName(name)
	}
	return ""
}

func orUnknown(observed string, st dcos.Status) string { return orElse(observed, st.String()) }

func orElse(text, instead string) string {
	if text != "" {
		return text
	}
	return instead
}

// judgeUnknownAgents blocks for agents that work in the cluster and that nobody
// has declared: they would stay behind, and nothing would count them.
func (s *builder) judgeUnknownAgents() {
	unknown := slices.Concat(s.in.Facts.Unknown, s.in.Facts.Cluster.Unknown)
	if len(unknown) == 0 {
		return
	}
	ours := map[string]bool{}
	for _, n := range s.nodes {
		ours[s.facts(n.Name).IP] = true
		if f := s.facts(n.Name); n.Role.IsAgent() && !s.excluded(n.Name) && f.Err == "" {
			for _, ip := range f.Addresses { // judgeAddress blocks the node for it
				ours[ip] = true
			}
		}
		ours[n.Address] = true // an excluded node may not answer
	}
	for _, a := range unknown {
		if !a.Active || a.IP != "" && ours[a.IP] {
			continue
		}
		ours[a.IP] = true // once
		s.block(Block{Check: CheckUnknownAgents, What: "Mesos has an agent that the inventory lacks", Observed: fmt.Sprintf("%s (%s)", orElse(a.IP, "unknown address"), a.ID),
			Want: "every active agent declared", Next: advice.Say("add it to a group of the inventory, or exclude it there with a reason")})
	}
}

// judgeNames blocks for names that would make two steps one.
func (s *builder) judgeNames() {
	stages := map[string]bool{idPreflight: true, idStageMaster: true, idStageAgents: true, idMasters: true, idDeferred: true, idPostflight: true}
	for _, g := range s.c.Groups {
		for _, id := range []string{g.Name, g.Name + canarySuffix} {
			if stages[id] {
				s.block(Block{What: "two stages would have one name", Observed: fmt.Sprintf("group %q makes stage %q", g.Name, id),
					Want: "names of their own", Next: advice.Say("rename the group in the inventory")})
			}
			stages[id] = true
		}
	}
	seen := map[inventory.NodeName]bool{}
	for _, n := range s.nodes {
		if n.Name == "" || seen[n.Name] {
			s.block(Block{Node: n.Name, What: "the inventory names a node twice, or not at all", Observed: fmt.Sprintf("%q in %s", n.Name, n.Group),
				Want: "one name a node", Next: advice.Say("correct the inventory")})
		}
		seen[n.Name] = true
	}
}
