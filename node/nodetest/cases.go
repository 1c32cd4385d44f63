package nodetest

import (
	"slices"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Cases is the whole table.
func Cases() []Case {
	return slices.Concat(surveyCases(), readinessCases(), claimCases(), launchCases(), againCases(), lateCases(), fenceCases(), receiptCases(), copyCases(), sweepCases(), cutCases(), finishCases())
}

func master() Node {
	return Node{Role: dcos.Master, Version: "2.1.0", Active: []string{"mesos--1", "dcos-config--setup_1"}}
}

func agent() Node {
	n := master()
	n.Role = dcos.PrivateAgent
	return n
}

func call(verb string) Step             { return Step{Verb: verb} }
func (s Step) prints(out string) Step   { s.Want.Out = out; return s }
func (s Step) has(lines ...string) Step { s.Want.Has = append(s.Want.Has, lines...); return s }
func (s Step) begins(lines ...string) Step {
	s.Want.Begins = append(s.Want.Begins, lines...)
	return s
}
func (s Step) lacks(beginnings ...string) Step {
	s.Want.Lacks = append(s.Want.Lacks, beginnings...)
	return s
}
func (s Step) exits(code int) Step      { s.Want.Exit = code; return s }
func (s Step) refused(word string) Step { s.Want.Refused = word; return s }
func (s Step) saying(text string) Step  { s.Want.Text = text; return s }

func end(code int, then Node) Step {
	return Step{Do: func(t testing.TB, b Bench) { b.End(t, Ending{Code: code, Then: then}) }}
}

func set(n Node) Step { return Step{Do: func(t testing.TB, b Bench) { b.Set(t, n) }} }
func put(path, content string) Step {
	return Step{Do: func(t testing.TB, b Bench) { b.Put(t, path, content) }}
}
func kill() Step   { return Step{Do: func(t testing.TB, b Bench) { b.Kill(t) }} }
func reboot() Step { return Step{Do: func(t testing.TB, b Bench) { b.Reboot(t) }} }

// launched is how most stories begin.
func launched() []Step {
	return []Step{
		call("init 7 run-1"),
		call("lock 7 run-1 ops@host"), // of use on masters only
		call("launch 7 run-1 SHA 1 2.1.0 BOOT SOON ops@host").prints("unit dcos-patch-SHA12-1.service"),
	}
}

func after(begin []Step, more ...Step) []Step { return slices.Concat(begin, more) }
