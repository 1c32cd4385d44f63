package checks

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/node"
)

// explain adds to an answer that is not good what the red units can mean in a patch
// between these versions. An issue is called known only when its evidence was read on the
// node: remedies differ, and the wrong one can cost an agent its tasks.
func (a *gateContext) explain(ctx context.Context, ans Answer) Answer {
	f := &ans.Finding
	if f.Status.OK() || f.Hint != "" || len(ans.Red) == 0 {
		return ans
	}
	all, err := dcos.KnownIssues()
	if err != nil {
		return ans // the tests of package dcos read the list
	}
	suspects := dcos.Suspects(all, a.from, a.to, a.node.Role, f.Check, ans.Red)
	if f.Hint = a.remedy(suspects, a.p.evidence(ctx, suspects)); f.Hint == "" {
		f.Hint = a.readLog(ans.Red[0])
	}
	return ans
}

// remedy is what to try: of the most specific issue that is proved, or, where none is,
// what remains possible.
func (a expectation) remedy(suspects []dcos.KnownIssue, seen dcos.Seen) string {
	var possible []string
	for _, k := range suspects {
		switch v, proof := k.Judge(seen, a.node.Role); v {
		case dcos.Proved:
			return fmt.Sprintf("%s   known issue %s (%s): %s", a.try(k), k.ID, proof, k.Symptom)
		case dcos.Unproved:
			possible = append(possible, fmt.Sprintf("%s, %s", k.ID, k.Symptom))
		}
	}
	if len(possible) == 0 {
		return ""
	}
	return "possible causes, none of them proved: " + strings.Join(possible, "; ")
}

// readLog is what to do where no issue is known.
func (a expectation) readLog(unit string) string {
	return fmt.Sprintf("on %s: sudo journalctl -n 100 -u %s says why", a.node.Name, unit)
}

func (a expectation) try(k dcos.KnownIssue) string {
	if k.Command != "" {
		return fmt.Sprintf("on %s: sudo %s", a.node.Name, k.Command)
	}
	return k.Remedy
}

// evidence reads what the issues want read. What cannot be read is missing.
func (p *peer) evidence(ctx context.Context, issues []dcos.KnownIssue) dcos.Seen {
	ctx, cancel := context.WithTimeout(ctx, evidencePatience)
	defer cancel()
	seen := dcos.Seen{Units: map[string]dcos.Unit{}, Logs: map[string]string{}}
	for _, k := range issues {
		for _, e := range k.Evidence {
			name := e.UnitFor(p.node.Role)
			if _, done := seen.Units[name]; e.Line == "" && !done {
				if u, err := p.unit(ctx, name); err == nil && u.Load == "loaded" {
					seen.Units[name] = u
				}
			}
			if _, done := seen.Logs[name]; e.Line != "" && !done {
				if log, err := p.log(ctx, name); err == nil {
					seen.Logs[name] = log
				}
			}
		}
	}
	return seen
}

const (
	evidencePatience = 10 * time.Second // a hint holds up no verdict
	logFor           = 30 * time.Second // a gate asks every few seconds; a log is long
)

// logs are the units' logs as they were read last.
type logs struct {
	mu sync.Mutex
	of map[string]logRead
}

type logRead struct {
	at   time.Time
	text string
	err  error
}

// log is the end of a unit's log, as it was not long ago.
func (p *peer) log(ctx context.Context, unit string) (string, error) {
	p.logs.mu.Lock()
	have, there := p.logs.of[unit]
	p.logs.mu.Unlock()
	if there && time.Since(have.at) < logFor {
		return have.text, have.err
	}
	b, err := onNode(ctx, p, shellTimeout, func(ctx context.Context, h Prober) ([]byte, error) { return node.Read(ctx, h, "log", unit) })
	p.logs.mu.Lock()
	defer p.logs.mu.Unlock()
	if p.logs.of == nil {
		p.logs.of = map[string]logRead{}
	}
	p.logs.of[unit] = logRead{time.Now(), string(b), err}
	return string(b), err
}
