package checks

import (
	"context"
	"fmt"
	"net/http"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/node"
)

const (
	etcdUnit    = "dcos-etcd.service"
	etcdPackage = "etcd"
)

// etcdSelf is what a master says about its etcd.
type etcdSelf struct {
	code   int // HTTP status of /health
	health dcos.EtcdHealth
}

// sick says why the etcd is not healthy; empty when it is.
func (e etcdSelf) sick() string {
	switch {
	case e.code != http.StatusOK:
		return fmt.Sprintf("its etcd answers HTTP %d%s", e.code, e.reason())
	case !e.health.Healthy:
		return "its etcd finds no quorum" + e.reason()
	}
	return ""
}

func (e etcdSelf) reason() string {
	if e.health.Reason == "" {
		return ""
	}
	return " (" + brief(e.health.Reason) + ")"
}

// judgeEtcd demands that the node's etcd is a new process and healthy. etcd
// says so only after a read through a quorum, so that a member that is alone
// is not.
func judgeEtcd(u dcos.Unit, e etcdSelf, a expectation) Answer {
	q := question{"etcd", a.node.Name, "healthy by a read through its quorum, restarted"}
	if u.Active != "active" {
		return Answer{Finding: q.failed("%s is %s (%s)%s", u.Name, orUnknown(u.Active), orUnknown(u.Sub), restarts(u))}
	}
	now := processOf(u)
	if s, why := a.restarted(now); why != "" {
		return Answer{Finding: q.say(s, "%s", why)}
	}
	if why := e.sick(); why != "" {
		return Answer{Finding: q.failed("%s", why)}
	}
	return Answer{Finding: q.passed("healthy, pid %d", now.PID), Identity: now.id()}
}

func askEtcd(ctx context.Context, a *gateContext) Answer {
	s, err := a.p.survey(ctx)
	if err != nil {
		return a.unreadable("etcd", err)
	}
	if proof, none := packageAbsent(s.Active, etcdPackage); none {
		return Answer{Finding: question{"etcd", a.node.Name, ""}.say(dcos.NotApplicable, "%s", proof)}
	}
	u, err := a.p.unit(ctx, etcdUnit)
	if err != nil {
		return a.unreadable("etcd", err)
	}
	e, err := a.p.etcd(ctx)
	if err != nil && u.Active == "active" {
		return a.unreadable("etcd", err)
	}
	return judgeEtcd(u, e, a.expectation)
}

// etcd asks the node's etcd for its health. Without a quorum it answers 503,
// with a body that may be anything.
func (p *peer) etcd(ctx context.Context) (etcdSelf, error) {
	return onNode(ctx, p, shellTimeout, func(ctx context.Context, h Prober) (etcdSelf, error) {
		code, body, err := node.Etcd(ctx, h)
		if err != nil {
			return etcdSelf{}, fmt.Errorf("asking etcd: %w", err)
		}
		health, err := dcos.ParseEtcdHealth(body)
		if err != nil && code == http.StatusOK {
			return etcdSelf{}, fmt.Errorf("asking etcd: %w", err)
		}
		return etcdSelf{code, health}, nil
	})
}
