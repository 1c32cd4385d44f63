package patcher

import (
	"context"
	"errors"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
	"github.com/dcos-patch/dcos-patch/steps"
)

// Survey asks every node of the inventory about itself, several at once. It
// changes nothing. A node that does not answer is in the facts, with the
// reason: judging is the planner's business.
func Survey(ctx context.Context, nodes Nodes, inv *inventory.Cluster) plan.Facts {
	return survey(ctx, nodes, inv.Nodes())
}

// SurveyMasters asks the masters only.
func SurveyMasters(ctx context.Context, nodes Nodes, inv *inventory.Cluster) plan.Facts {
	return survey(ctx, nodes, inv.Masters)
}

func survey(ctx context.Context, nodes Nodes, all []inventory.Node) plan.Facts {
	answers := make([]plan.NodeFacts, len(all))
	each(all, func(i int, n inventory.Node) { answers[i] = surveyOne(ctx, nodes, n.Name) })
	facts := plan.Facts{Nodes: make(map[inventory.NodeName]plan.NodeFacts, len(all))}
	for i, n := range all {
		facts.Nodes[n.Name] = answers[i]
	}
	return facts
}

func surveyOne(ctx context.Context, nodes Nodes, name inventory.NodeName) plan.NodeFacts {
	defer nodes.Visit(name)()
	host, err := nodes.Node(ctx, name)
	if err != nil {
		f := plan.NodeFacts{Err: err.Error(), Kind: kind(err)}
		var dialled *sshexec.DialError
		if errors.As(err, &dialled) {
			f.Via = dialled.Via
		}
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, steps.AskTimeout)
	defer cancel()
	s, err := node.TakeSurvey(ctx, host)
	if err != nil {
		return plan.NodeFacts{Err: err.Error(), Kind: kind(err)}
	}
	f := plan.NodeFacts{
		ClusterID: s.ClusterID, IP: s.IP, Addresses: s.Addresses, Machine: s.MachineDigest(), Role: s.Role(), Version: s.Version, Variant: s.Variant, Active: s.Active, Fetched: s.Fetched,
		MidSwap: s.MidSwap, MasterSize: s.MasterCount, Systemd: s.Systemd, FreeKB: s.FreeKB, Rehearsal: s.Rehearsal, PatchUnit: s.RunningUnit(),
	}
	if c, ok := host.(interface{ ShellTook() time.Duration }); ok {
		f.ShellMS = c.ShellTook().Milliseconds()
	}
	if s.Lock != nil {
		f.LockOwner = s.Lock.Owner
		f.LockRun = s.Lock.Run
		if b := s.Heartbeat; b != nil && b.Run == s.Lock.Run {
			age := plan.Duration(b.Age)
			f.LockBeat = &age
		}
	}
	return f
}

// kind sorts an error by what a person must do about it.
func kind(err error) string {
	var sudo *sshexec.SudoError
	var dial *sshexec.DialError
	var key *sshexec.HostKeyError
	var answer *node.AnswerError
	switch {
	case errors.As(err, &key) && key.Problem == sshexec.HostKeyUnknown:
		return "host-key-unknown"
	case errors.As(err, &key) && key.Problem == sshexec.HostKeyChanged:
		return "host-key-changed"
	case errors.Is(err, sshexec.ErrHostKey):
		return "host-key"
	case errors.Is(err, sshexec.ErrAuth):
		return "auth"
	case errors.Is(err, sshexec.ErrAgent):
		return "agent"
	case errors.Is(err, sshexec.ErrAlgorithms):
		return "algorithms"
	case errors.As(err, &sudo):
		return "sudo"
	case errors.Is(err, sshexec.ErrShell):
		return "shell"
	case errors.As(err, &dial):
		return "dial"
	case errors.As(err, &answer):
		return "answer"
	default:
		return "survey"
	}
}
