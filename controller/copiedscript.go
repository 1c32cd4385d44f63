package controller

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
)

// scriptMost is what a script may have; one that is fetched has no more.
const scriptMost = 1 << 20

// scriptOf finds the script of a run that is taken over, by its hash, here or on
// a master, and says by what the hash is tied to something that is trusted
// here: it runs as root on every node.
func (c *Cluster) scriptOf(ctx context.Context, runs Runs, b believed, all []masterCopies) (script []byte, tied string, err error) {
	p := b.state.Plan
	if tied, err = c.tie(ctx, b); err != nil {
		return nil, "", err
	}
	if script, err = runs.findScript(ctx, b.state.Run, p, all); err != nil {
		return nil, "", err
	}
	parsed, err := dcos.ParseScript(script)
	if err != nil {
		return nil, "", fmt.Errorf("the script of run %s: %w", b.state.Run, err)
	}
	parsed.URL = p.Script.URL
	// The id of a plan does not cover whence packages come.
	if claims, says := fmt.Sprintf("%#v", p.Script), fmt.Sprintf("%#v", parsed); claims != says {
		return nil, "", plan.Refuse(plan.Block{What: fmt.Sprintf("the plan of run %s says of its script what the script does not", b.state.Run), Observed: claims, Want: says, Next: advice.Say("find out who changed it; do not go on with this copy")})
	}
	return script, tied, nil
}

// tie says by what the plan's script is trusted here.
func (c *Cluster) tie(ctx context.Context, b believed) (string, error) {
	switch sum := b.state.Plan.Script.SHA256; {
	case c.inv.Target.SHA256 == sum:
		return "which " + c.inv.Source + " pins", nil
	case b.why == named:
		return "which the plan's id covers", nil
	case b.why == known:
		return "as this machine has it", nil
	}
	return c.served(ctx, b.state.Plan)
}

// served asks for the script where the inventory says, through every master,
// since one of them could answer in the server's place.
func (c *Cluster) served(ctx context.Context, p *plan.Plan) (string, error) {
	var notes []string
	same, need := 0, len(c.masters())/2+1
	for _, m := range c.masters() {
		h, err := hosts{c.pool}.Node(ctx, m)
		var got dcos.Script
		if err == nil {
			got, _, err = patcher.FetchScript(ctx, h, string(m), c.inv.Target.URL)
		}
		switch {
		case err != nil:
			notes = append(notes, err.Error())
		case got.SHA256 == p.Script.SHA256:
			same++
		default:
			notes = append(notes, fmt.Sprintf("through %s it has SHA-256 %s", m, got.SHA256))
		}
	}
	if same >= need {
		return fmt.Sprintf("as %s serves it to %d of %d masters", c.inv.Target.URL, same, len(c.masters())), nil
	}
	return "", plan.Refuse(plan.Block{What: "nothing here vouches for the script of the copied plan", Observed: strings.Join(notes, "; "),
		Want: fmt.Sprintf("SHA-256 %s from %s through %d masters", p.Script.SHA256, c.inv.Target.URL, need),
		Next: advice.Say("target.sha256 in " + c.inv.Source + ", or --plan-id with the id of the plan that was approved")})
}

// findScript finds a script by its hash, here or on a master.
func (r Runs) findScript(ctx context.Context, run string, p *plan.Plan, all []masterCopies) ([]byte, error) {
	right := func(b []byte) bool {
		sum := sha256.Sum256(b)
		return hex.EncodeToString(sum[:]) == p.Script.SHA256
	}
	if b, err := os.ReadFile(r.Path(run, journal.ScriptFile)); err == nil && right(b) {
		return b, nil
	}
	var notes []string
	for _, m := range all {
		f, ok := m.file(run, journal.ScriptFile)
		if !ok {
			continue
		}
		var b bytes.Buffer
		if f.Bytes > scriptMost {
			notes = append(notes, fmt.Sprintf("%s: its copy has %d bytes", m.master, f.Bytes))
			continue
		}
		err := patcher.ReadCopy(ctx, m.nodes, m.master, f, &b)
		switch {
		case err != nil:
			notes = append(notes, err.Error())
		case right(b.Bytes()):
			return b.Bytes(), nil
		default:
			notes = append(notes, fmt.Sprintf("%s: its copy has another SHA-256", m.master))
		}
	}
	return nil, plan.Refuse(plan.Block{What: fmt.Sprintf("no master holds the script of run %s", run), Observed: strings.Join(notes, "; "), Want: "SHA-256 " + p.Script.SHA256,
		Next: advice.Say("put it at " + r.Path(run, journal.ScriptFile) + " and try again")})
}
