package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

// checking is one check of a node.
type checking struct {
	*app
	*session
	node inventory.NodeName
	task plan.Task
}

// once asks everything once. Of a node that cannot be reached every gate would
// say the same: it is one finding.
func (k *checking) once(ctx context.Context) error {
	if _, err := k.pool.Get(ctx, string(k.node)); err != nil && ctx.Err() == nil {
		f := dcos.Finding{Check: "connection", Node: string(k.node), Observed: err.Error(), Want: "an SSH connection to it", Hint: k.hint(hint(err))}
		return k.tell([]dcos.Finding{f}, []dcos.Finding{f})
	}
	rest := k.rest(ctx)
	findings, err := k.checks(k.task.Plan, k.task.Run).Check(ctx, k.task)
	return k.verdict(ctx, rest, findings, err)
}

// rest is whether nothing is under way on the node.
func (k *checking) rest(ctx context.Context) dcos.Finding {
	f := patcher.AtRest(ctx, hosts{k.pool}, k.node)
	if f.Status == dcos.Failed && f.Hint == "" {
		f.Hint = k.hint(advice.Say("wait for its end: ").Run("check", string(k.node), "--wait").Say(", or resume the run that started it"))
	}
	return f
}

// hint is advice for whoever reads the output.
func (k *checking) hint(t advice.Text) string {
	if k.output == "json" {
		return t.String()
	}
	return k.program().Text(t)
}

// until asks until everything holds, or patience ends: first that of the gates
// for the node to come to rest, then that of the gates.
func (k *checking) until(ctx context.Context) error {
	if k.output == "text" {
		fmt.Fprintf(k.out, "%s  waits up to %s for %s to be green, and says what changes; Ctrl-C ends that, and nothing else\n",
			time.Now().Format("15:04:05"), k.patience(), k.node)
	}
	if rest := k.comeToRest(ctx); rest.Status == dcos.Failed {
		return k.verdict(ctx, rest, nil, nil)
	}
	findings, err := k.checks(k.task.Plan, k.task.Run).Patiently().Await(ctx, k.task, k.news)
	return k.verdict(ctx, k.rest(ctx), findings, err)
}

// comeToRest waits for the end of what is under way on the node. What cannot
// be read is for the gates to tell, which know since when.
func (k *checking) comeToRest(ctx context.Context) dcos.Finding {
	var last dcos.Finding
	for end := time.Now().Add(k.patience()); ; {
		f := k.rest(ctx)
		if f.Observed != last.Observed {
			k.news(f)
		}
		last = f
		if f.Status != dcos.Failed || !time.Now().Before(end) {
			return f
		}
		select {
		case <-time.After(scaled(pollScript, k.task.Plan)):
		case <-ctx.Done():
			return f
		}
	}
}

// patience is that of the gate with the most.
func (k *checking) patience() time.Duration {
	most := time.Duration(0)
	for _, g := range k.task.Step.Gates {
		most = max(most, g.Within.D())
	}
	return most
}

// news is a line of what is waited for.
func (k *checking) news(f dcos.Finding) {
	if k.output == "text" {
		say(k.out, "%s  %s", time.Now().Format("15:04:05"), line(f))
	}
}

// verdict ends a check: every answer, and the first blocking fact.
func (k *checking) verdict(ctx context.Context, rest dcos.Finding, findings []dcos.Finding, err error) error {
	var late *checks.GateError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && !errors.As(err, &late):
		return err
	}
	if late != nil && late.Silent != nil { // which says why nothing is known of it
		return k.tell(late.Silent.Fold(findings), late.Blocking())
	}
	findings = append([]dcos.Finding{rest}, findings...)
	blocking := slices.DeleteFunc(slices.Clone(findings), func(f dcos.Finding) bool { return f.Status.OK() })
	if late != nil && rest.Status.OK() { // green just now is not long enough
		blocking = late.Blocking()
	}
	return k.tell(findings, blocking)
}

// checked is a check's answer, for programs.
type checked struct {
	Version  int                `json:"version"`
	Node     inventory.NodeName `json:"node"`
	Green    bool               `json:"green"`
	Findings []dcos.Finding     `json:"findings"`
	Blocking []dcos.Finding     `json:"blocking"`
}

// tell says what was found; what blocks makes the exit code.
func (k *checking) tell(findings, blocking []dcos.Finding) error {
	if k.output == "json" {
		c := checked{render.JSONVersion, k.node, len(blocking) == 0, findings, append([]dcos.Finding{}, blocking...)}
		if err := json.NewEncoder(k.out).Encode(c); err != nil {
			return err
		}
	} else {
		k.tellText(findings, blocking)
	}
	if len(blocking) > 0 {
		return &codeError{exitStopped}
	}
	return nil
}

func (k *checking) tellText(findings, blocking []dcos.Finding) {
	if len(findings) > 1 {
		for _, f := range findings {
			say(k.out, "%s", line(f))
		}
	}
	if len(blocking) == 0 {
		fmt.Fprintf(k.out, "%s is green\n", k.node)
		return
	}
	first := blocking[0]
	say(k.out, "%s is not ready: %s: %s; wanted %s", k.node, first.Check, first.Observed, first.Want)
	if first.Hint != "" {
		say(k.out, "  try   %s", first.Hint)
	}
	if n := len(blocking) - 1; n > 0 {
		fmt.Fprintf(k.out, "  and %d more above\n", n)
	}
}

func line(f dcos.Finding) string {
	text := fmt.Sprintf("%-12s %-8s %s", f.Check, f.Status, f.Observed)
	if f.Need > 1 {
		text = fmt.Sprintf("%-12s %-8s %d/%d %s", f.Check, f.Status, f.Have, f.Need, f.Observed)
	}
	if !f.Status.OK() && f.Want != "" {
		text += "; wanted " + f.Want
	}
	return text
}
