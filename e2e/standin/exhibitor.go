package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// peerState is one row of Exhibitor's cluster status.
type peerState struct {
	Code        int    `json:"code"`
	Description string `json:"description"`
	Hostname    string `json:"hostname"`
	IsLeader    bool   `json:"isLeader"`
}

// ownState is what one Exhibitor tells another about itself.
type ownState struct {
	Switches    struct{} `json:"switches"`
	State       int      `json:"state"`
	Description string   `json:"description"`
	IsLeader    bool     `json:"isLeader"`
}

// exhibitor supervises a real ZooKeeper. Its own state is a cached value that
// is looked at once in a period, and not before the first one has passed.
type exhibitor struct {
	lab lab

	mu  sync.Mutex
	own ownState
}

func runExhibitor(ctx context.Context, l lab, _ []string) error {
	x := &exhibitor{lab: l, own: ownState{Description: "latent"}}
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
	mux.HandleFunc("GET "+dcos.ExhibitorStatus, func(w http.ResponseWriter, r *http.Request) { answer(w, x.status(r.Context())) })
	mux.HandleFunc("GET /exhibitor/v1/cluster/state", func(w http.ResponseWriter, _ *http.Request) { answer(w, x.state()) })
	mux.HandleFunc("GET /exhibitor/v1/cluster/list", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"servers": x.lab.Masters, "port": dcos.ZooKeeperPort})
	})
	return mux
}

// look asks our ZooKeeper how it is.
func (x *exhibitor) look(ctx context.Context) {
	s := ownState{State: 1, Description: "down"}
	mode, err := srvr(ctx, "127.0.0.1")
	switch {
	case err != nil:
	case mode == "not serving":
		s = ownState{State: 2, Description: "not serving"}
	default:
		s = ownState{State: 3, Description: "serving", IsLeader: mode == "leader" || mode == "standalone"}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if s != x.own {
		event("exhibitor %s leader=%t", s.Description, s.IsLeader)
	}
	x.own = s
}

func (x *exhibitor) state() ownState {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.own
}

// status asks every other Exhibitor; one that does not answer is down.
func (x *exhibitor) status(ctx context.Context) []peerState {
	rows := make([]peerState, len(x.lab.Masters))
	var wg sync.WaitGroup
	for i, ip := range x.lab.Masters {
		wg.Go(func() { rows[i] = x.peer(ctx, ip) })
	}
	wg.Wait()
	return rows
}

func (x *exhibitor) peer(ctx context.Context, ip string) peerState {
	s := x.state()
	if ip != x.lab.IP {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		s = ownState{}
		url := fmt.Sprintf("http://%s:%d/exhibitor/v1/cluster/state", ip, dcos.ExhibitorPort)
		if err := fetchJSON(ctx, url, &s); err != nil {
			return peerState{Code: 1, Description: "down", Hostname: ip}
		}
	}
	return peerState{Code: s.State, Description: s.Description, Hostname: ip, IsLeader: s.IsLeader}
}

// answer writes a JSON body.
func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}
