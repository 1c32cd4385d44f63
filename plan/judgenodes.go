package plan

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// judgeNodes blocks for what single nodes answered. Excluded nodes are not
// asked anything.
func (s *builder) judgeNodes() {
	byIP := map[string]inventory.NodeName{}
	variant := s.variant()
	for _, n := range s.nodes {
		if s.excluded(n.Name) {
			s.judgeExclusion(n)
			continue
		}
		f := s.facts(n.Name)
		if f.Err != "" {
			s.block(unreachable(n, f, s.in.Today))
			continue
		}
		s.judgeIdentity(n, f, variant)
		if other, twice := byIP[f.IP]; twice && unfit(f.IP, f.Rehearsal) == "" {
			s.block(Block{Node: n.Name, What: "two names for one machine", Observed: fmt.Sprintf("%s and %s both have detect_ip %s", other, n.Name, f.IP),
				Want: "one name a machine", Next: advice.Say("correct the addresses in the inventory")})
		}
		byIP[f.IP] = n.Name
		s.judgeRest(n, f)
		told := len(s.blocks)
		s.judgeState(n, f)
		s.judgeSystem(n, f)
		s.judgeReady(n, f)
		if s.atFault(n.Name) {
			s.following(told, n.Name)
		}
	}
}

func (s *builder) judgeExclusion(n inventory.Node) {
	if n.Role == dcos.Master {
		s.block(Block{Node: n.Name, What: "a master cannot be left out", Observed: "excluded: " + exclusionText(s.out[n.Name]),
			Want: "every master patched", Next: advice.Say("repair the master, then take the exclusion out")})
	}
}

// unreachable says what to do about a node that gave no answer.
func unreachable(n inventory.Node, f NodeFacts, today time.Time) Block {
	b := Block{Node: n.Name, Observed: f.Err}
	switch f.Kind {
	case "host-key":
		b.What, b.Want = "its SSH host key is not to be trusted", "a key that known_hosts vouches for"
		b.Next = advice.Say("find out why before anybody connects to it")
	case "host-key-changed":
		b.What, b.Want = "its SSH host key has changed", "the key in known_hosts"
		b.Next = advice.Say("find out why it changed; only if the machine was rebuilt, replace its line in known_hosts")
	case "host-key-unknown":
		b.What, b.Want = "its SSH host key is not known yet", "a line for it in known_hosts"
		b.Next = advice.Say("ssh-keyscan -p "+strconv.Itoa(cmp.Or(n.Port, 22))+" ADDRESS prints that line: compare its fingerprint (ssh-keygen -lf) with what the node's console shows, then add it; ").
			Run("preflight", "--accept-new-host-keys").Say(" adds all that are new, on your word")
	case "sudo":
		b.What, b.Want = "no sudo on it", "sudo for the login user"
		b.Next = advice.Say("allow it, or give ssh.sudo.password a reference")
	case "auth":
		b.What, b.Want = "SSH does not let us in", "a key or certificate that it accepts"
		b.Next = advice.Say("check ssh.user and ssh.identity, and that the agent holds the key")
	case "agent":
		b.What, b.Want = "the ssh agent does not sign, so nothing logs in there", "a signature of the agent"
		b.Next = advice.Say("ssh-add -T FILE.pub must succeed here: touch or confirm the key, or connect the forwarded agent again; or name a key file in ssh.identity")
	case "algorithms":
		b.What, b.Want = "its sshd has no algorithm in common with dcos-patch", "one key exchange, host key, cipher and MAC in common"
		b.Next = advice.Say("allow one that it takes: ssh: {key_exchanges, ciphers, macs, host_key_algorithms} in the inventory, or another one in its sshd_config")
	case "shell":
		b.What, b.Want = "the login shell runs no commands there", "a shell that runs what it is given, and ends"
		b.Next = advice.Say("look at the startup files of the login user on it (.bashrc, .profile, /etc/profile.d), or name another ssh.user")
	case "answer":
		b.What, b.Want = "its answer cannot be used", "a complete survey"
		b.Next = RepairAnswer().Say(", then ").Run("check", string(n.Name))
	case "survey":
		b.What, b.Want = "its answer cannot be used", "a complete survey"
		b.Next = advice.Run("check", string(n.Name))
	default:
		b.What, b.Want = "cannot be reached", "an SSH connection"
		b.Next = advice.Say("check its address and port in the inventory, and the jump host")
	}
	if f.Via != "" {
		return viaJump(b, f)
	}
	if n.Role != dcos.Master {
		b.Next = b.Next.Say(exclusionHint(n, today))
	}
	return b
}

// viaJump is the block of a node whose jump host is what cannot be reached or trusted.
func viaJump(b Block, f NodeFacts) Block {
	b.What = "jump host " + f.Via + ": " + b.What
	const where = "(ssh.jump in the inventory, or its Host block in the ssh configuration)"
	switch f.Kind {
	case "host-key-unknown":
		b.Next = advice.Say("ssh-keyscan of the jump host prints that line: compare its fingerprint (ssh-keygen -lf) with what its console shows, then add it; ").
			Run("preflight", "--accept-new-host-keys").Say(" adds all that are new, on your word")
	case "auth":
		b.Next = advice.Say("check the user and the key for the jump host " + where)
	case "dial":
		b.Next = advice.Say("check the address and port of the jump host " + where)
	}
	return b
}

// RepairAnswer is what to do about a node whose survey says what none can.
func RepairAnswer() advice.Text {
	return advice.Say("repair what says so on it; lock, epoch, claim and heartbeat are files below /var/lib/dcos-patch: remove one that is damaged")
}

// exclusionHint is how to go on without the node.
func exclusionHint(n inventory.Node, today time.Time) string {
	return "; or exclude it with a reason: " + ExclusionLine(n.Name, today)
}

// ExclusionLine is the line of an inventory that leaves a node out for two weeks.
func ExclusionLine(node inventory.NodeName, today time.Time) string {
	return fmt.Sprintf("exclude: [{node: %s, reason: \"..\", until: %s}]", node, today.AddDate(0, 0, 14).Format("2006-01-02"))
}

// judgeIdentity: is this the machine that was meant, in the cluster that was
// meant?
func (s *builder) judgeIdentity(n inventory.Node, f NodeFacts, variant string) {
	if s.c.ID != "" && f.ClusterID != s.c.ID && (f.ClusterID != "" || n.Role == dcos.Master) {
		s.block(Block{Node: n.Name, What: "it belongs to another cluster", Observed: orElse(f.ClusterID, "no cluster id"),
			Want: s.c.ID, Next: advice.Say("check its address in the inventory; never change the inventory's id to make this pass")})
	}
	if f.Role != n.Role || n.Role == dcos.RoleUnknown {
		s.block(Block{Node: n.Name, What: "its role is not the declared one", Observed: f.Role.String(),
			Want: n.Role.String(), Next: advice.Say("move it to the right group of the inventory")})
	}
	s.judgeAddress(n, f)
	if f.Variant != "" && f.Variant != variant {
		s.block(Block{Node: n.Name, What: "it runs another variant of DC/OS than the others", Observed: f.Variant,
			Want: variant, Next: advice.Say("check that it belongs to this cluster")})
	}
	if n.Role == dcos.Master && f.MasterSize != len(s.c.Masters) {
		s.block(Block{Node: n.Name, What: "it counts other masters than the inventory", Observed: fmt.Sprintf("master_count %d", f.MasterSize),
			Want: fmt.Sprint(len(s.c.Masters)), Next: advice.Say("declare every master, and no other node, under masters")})
	}
	if s.scale != 1 && !f.Rehearsal {
		s.block(Block{Node: n.Name, What: "a rehearsal's time_scale on a node that is not for rehearsals", Observed: "no /etc/dcos-patch-rehearsal",
			Want: "that file on every node", Next: advice.Say("take rehearsal.time_scale out of the inventory")})
	}
}

// judgeRest: is no run under way on the node?
func (s *builder) judgeRest(n inventory.Node, f NodeFacts) {
	if f.MidSwap && f.PatchUnit == "" { // else the patch that runs is at it
		s.block(Block{Node: n.Name, What: "it is in the middle of a swap of packages", Observed: dcos.InstallProgress + " exists",
			Want: "no such file", Next: advice.Say("a person has to finish it: see the runbook, section mid-swap")})
	}
	if f.PatchUnit != "" {
		s.block(Block{Node: n.Name, What: "a patch still runs on it", Observed: f.PatchUnit,
			Want: "no patch unit", Next: advice.Say("wait for its end, or resume the run that started it")})
	}
}

// judgeState: is the node where the script expects it?
func (s *builder) judgeState(n inventory.Node, f NodeFacts) {
	if len(f.Active) == 0 {
		s.block(Block{Node: n.Name, What: "its active packages are unknown", Observed: "none listed",
			Want: "the list of /opt/mesosphere/active", Next: advice.Run("check", string(n.Name))})
		return
	}
	if t := s.c.Target; s.script.From == "" || s.script.To == "" || t.From != "" && t.From != s.script.From || t.To != "" && t.To != s.script.To {
		return // it is the script that is wrong, and judgeScript has said so
	}
	at := s.atTarget(f)
	switch {
	case at && f.Version != s.script.To:
		s.block(Block{Node: n.Name, What: "its packages are the target's and its version is not", Observed: orElse(string(f.Version), "no version"),
			Want: string(s.script.To), Next: advice.Say("a person has to look: compare dcos-version.json with pkgpanda active")})
	case !at && f.Version == s.script.To && s.script.From != s.script.To:
		s.block(Block{Node: n.Name, What: "it says the target's version, but other packages are active", Observed: fmt.Sprintf("%s, %s", f.Version, s.difference(f.Active)),
			Want: "the script's packages", Next: advice.Say("it was patched with another configuration: generate a script from " + string(s.script.To))})
	case !at && f.Version != s.script.From:
		s.block(Block{Node: n.Name, What: "it is neither at the version to patch from nor at the target", Observed: orElse(string(f.Version), "no version"),
			Want: fmt.Sprintf("%s or %s", s.script.From, s.script.To), Next: advice.Say("patch it to " + string(s.script.From) + " first, or generate a script for its version")})
	}
}

// difference counts how two package sets differ and names one package.
func (s *builder) difference(active []string) string {
	have := map[string]bool{}
	for _, a := range active {
		have[a] = true
	}
	missing, first := 0, ""
	for _, p := range s.script.Packages {
		if !have[p] {
			missing++
			first = orElse(first, p)
		}
	}
	return fmt.Sprintf("%d of the script's %d packages not active (%s)", missing, len(s.script.Packages), orElse(first, "but others more"))
}
