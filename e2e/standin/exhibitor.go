package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/answers"
)

// exhibitor supervises a real ZooKeeper. Its own state is a cached value that
// is looked at once in a period, and not before the first one has passed.
type exhibitor struct {
	lab lab

	mu  sync.Mutex
	own answers.Peer
}

func runExhibitor(ctx context.Context, l lab, _ []string) error {
	x := &exhibitor{lab: l, own: answers.ExhibitorLatent.At(l.IP, false)}
	event("exhibitor started")
	ended := make(chan error, 2)
	go func() { ended <- runZooKeeper(ctx, l) }()
	go func() { ended <- listen(ctx, fmt.Sprintf(":%d", dcos.ExhibitorPort), x.handler()) }()

	go x.watch(ctx)
	return <-ended
}

// watch looks at our ZooKeeper once in a period, for the first time after one.
// The switch is read once: a node that is well now may fail to come back.
func (x *exhibitor) watch(ctx context.Context) {
	if _, latent := switched("exhibitor-latent"); latent {
		event("exhibitor stays latent")
		return
	}
	period := x.lab.scaled(30 * time.Second)
	if pause(ctx, period) {
		every(ctx, period, func() { x.look(ctx) })
	}
}

func (x *exhibitor) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+dcos.ExhibitorStatus, func(w http.ResponseWriter, r *http.Request) { answers.JSON(x.status(r.Context())).Write(w) })
	mux.HandleFunc("GET /exhibitor/v1/cluster/state", func(w http.ResponseWriter, _ *http.Request) { answers.JSON(x.state()).Write(w) })
	mux.HandleFunc("GET /exhibitor/v1/cluster/list", func(w http.ResponseWriter, _ *http.Request) {
		answers.JSON(answers.Object{"servers": x.lab.Masters, "port": dcos.ZooKeeperPort}).Write(w)
	})
	return mux
}

// look asks our ZooKeeper how it is.
func (x *exhibitor) look(ctx context.Context) {
	state := answers.ExhibitorServing
	mode, err := srvr(ctx, "127.0.0.1")
	switch {
	case err != nil:
		state = answers.ExhibitorDown
	case mode == "not serving":
		state = answers.ExhibitorNotServing
	}
	s := state.At(x.lab.IP, err == nil && (mode == "leader" || mode == "standalone"))
	x.mu.Lock()
	defer x.mu.Unlock()
	if s != x.own {
		event("exhibitor %s leader=%t", s.Description, s.IsLeader)
	}
	x.own = s
}

func (x *exhibitor) state() answers.Peer {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.own
}

// status asks every other Exhibitor; one that does not answer is down.
func (x *exhibitor) status(ctx context.Context) []answers.Peer {
	rows := make([]answers.Peer, len(x.lab.Masters))
	var wg sync.WaitGroup
	for i, ip := range x.lab.Masters {
		wg.Go(func() { rows[i] = x.peer(ctx, ip) })
	}
	wg.Wait()
	return rows
}

func (x *exhibitor) peer(ctx context.Context, ip string) answers.Peer {
	if ip == x.lab.IP {
		return x.state()
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	var s answers.Peer
	if err := fetchJSON(ctx, fmt.Sprintf("http://%s:%d/exhibitor/v1/cluster/state", ip, dcos.ExhibitorPort), &s); err != nil {
		return answers.ExhibitorDown.At(ip, false)
	}
	return s
}
