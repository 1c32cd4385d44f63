package plan

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// nextDetectIP is what to look into when an address is wrong.
const nextDetectIP = "run /opt/mesosphere/bin/detect_ip on it, and correct genconf/ip-detect: every daemon of DC/OS binds to what it prints"

// judgeAddress: do DC/OS, Mesos and Exhibitor know the node by one address of its own?
func (s *builder) judgeAddress(n inventory.Node, f NodeFacts) {
	block := func(what, observed, want string) {
		s.block(Block{Node: n.Name, What: what, Observed: observed, Want: want, Next: advice.Say(nextDetectIP)})
	}
	const wrong = "DC/OS on it does not know its address"
	switch why := unfit(f.IP, f.Rehearsal); {
	case f.IP == "":
		block(wrong, "detect_ip printed nothing", "one IPv4 address of the node")
	case why != "":
		block(wrong, fmt.Sprintf("detect_ip printed %q, %s", f.IP, why), "one IPv4 address of the node")
	case f.Ready != nil && len(f.Addresses) == 0: // facts of a model have neither
		block("its own addresses are not known", "neither ip nor hostname told them", f.IP+" among them")
	case len(f.Addresses) > 0 && !slices.Contains(f.Addresses, f.IP):
		block(wrong, fmt.Sprintf("detect_ip printed %s, the node has %s", f.IP, few(f.Addresses)), "one IPv4 address of the node")
	default:
		s.judgeListed(n, f, block)
	}
	s.judgeNextIP(n, f)
}

// unfit says why a text is no address that a node can be known by; empty: it may
// be one. Nodes of a rehearsal may be on loopback, all on one machine.
func unfit(text string, rehearsal bool) string {
	ip, err := netip.ParseAddr(text)
	switch {
	case err != nil:
		return "which is no address"
	case !ip.Is4():
		return "which is no IPv4 address"
	case ip.IsLoopback() && !rehearsal:
		return "which every machine calls itself"
	case ip.IsUnspecified() || ip.IsMulticast() || ip.IsLinkLocalUnicast() || ip == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return "which is not the address of one node"
	}
	return ""
}

// judgeListed blocks for a node that Mesos or Exhibitor knows by another of its
// addresses than detect_ip prints today.
func (s *builder) judgeListed(n inventory.Node, f NodeFacts, block func(what, observed, want string)) {
	other := func(ip string) bool {
		return ip != f.IP && slices.Contains(f.Addresses, ip) && unfit(ip, f.Rehearsal) == ""
	}
	if n.Role == dcos.Master {
		list := s.in.Facts.Cluster.Ensemble
		if i := slices.IndexFunc(list, other); i >= 0 && !slices.Contains(list, f.IP) {
			block("Exhibitor lists it under another address", list[i], f.IP+", which detect_ip prints")
		}
		return
	}
	for _, a := range slices.Concat(s.in.Facts.Unknown, s.in.Facts.Cluster.Unknown) {
		if other(a.IP) {
			block("Mesos lists it under another address", fmt.Sprintf("%s (%s)", a.IP, a.ID), f.IP+", which detect_ip prints")
			return
		}
	}
}

// judgeNextIP: a patch that changes the address would make it another node.
func (s *builder) judgeNextIP(n inventory.Node, f NodeFacts) {
	switch next := f.NextIP; {
	case next == nil || s.atTarget(f):
	case next.Err != "":
		s.block(Block{Node: n.Name, What: "the target's ip-detect does not work on it", Observed: next.Err, Want: orElse(f.IP, "its address"),
			Next: advice.Say("correct genconf/ip-detect, generate the script again and stage it")})
	case next.IP != f.IP:
		s.block(Block{Node: n.Name, What: "the target's ip-detect prints another address", Observed: fmt.Sprintf("%s (%s)", next.IP, next.Package), Want: orElse(f.IP, "its address"),
			Next: advice.Say("correct genconf/ip-detect, generate the script again and stage it: Mesos would take it for another node")})
	}
}

// AddressOf is the address that Mesos and Exhibitor most likely know a node by:
// what detect_ip prints there, or the declared one where that is no address.
func AddressOf(f NodeFacts, declared string) string {
	if unfit(f.IP, f.Rehearsal) != "" {
		return declared
	}
	return f.IP
}

// ConfigPackage is the package of a list that holds ip-detect; empty: none does.
func ConfigPackage(packages []string) string {
	for _, p := range packages {
		if strings.HasPrefix(p, "dcos-config--") {
			return p
		}
	}
	return ""
}
