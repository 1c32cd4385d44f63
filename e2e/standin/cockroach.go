package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/answers"
)

const (
	cockroachPort   = 26257
	cockroachRanges = 25
)

// cockroach keeps the rows that are written to the database, every 10 s of
// DC/OS's time, and that its node knows of: its own and the last ones
// that it has got from the others.
type cockroach struct {
	lab     lab
	started time.Time

	mu      sync.Mutex
	rows    map[string]answers.CockroachNode
	missing time.Time // when a peer was last seen missing, or we started
}

func runCockroach(ctx context.Context, l lab, args []string) error {
	if len(args) > 0 && args[0] == "node" {
		return cockroachStatus(ctx, args)
	}
	c := &cockroach{lab: l, started: time.Now(), missing: time.Now(), rows: map[string]answers.CockroachNode{}}
	event("cockroach started")
	mux := http.NewServeMux()
	mux.HandleFunc("GET /row", func(w http.ResponseWriter, _ *http.Request) { answers.JSON(c.own()).Write(w) })
	mux.HandleFunc("GET /rows", func(w http.ResponseWriter, _ *http.Request) { answers.JSON(c.all()).Write(w) })
	ended := make(chan error, 1)
	go func() { ended <- listen(ctx, fmt.Sprintf("%s:%d", l.IP, cockroachPort), mux) }()
	go every(ctx, l.scaled(10*time.Second), func() { c.gossip(ctx) })
	notifyReady()
	return <-ended
}

// gossip writes our row and reads the others'.
func (c *cockroach) gossip(ctx context.Context) {
	got, lacking := map[string]answers.CockroachNode{}, false
	for _, ip := range c.lab.Masters {
		if ip == c.lab.IP {
			continue
		}
		limit, cancel := context.WithTimeout(ctx, time.Second)
		var row answers.CockroachNode
		if err := fetchJSON(limit, fmt.Sprintf("http://%s:%d/row", ip, cockroachPort), &row); err != nil {
			lacking = true
		} else {
			got[ip] = row
		}
		cancel()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.Copy(c.rows, got)
	if lacking {
		c.missing = time.Now()
	}
	// Replicas catch up for a while after the last node has come back.
	under := 0
	if time.Since(c.missing) < c.lab.scaled(30*time.Second) {
		under = cockroachRanges
	}
	c.rows[c.lab.IP] = answers.CockroachNode{ID: c.lab.ordinal(), IP: c.lab.IP, Started: c.started, Updated: time.Now(), Leases: 8, Ranges: cockroachRanges, Under: under}
}

func (c *cockroach) own() answers.CockroachNode {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rows[c.lab.IP]
}

func (c *cockroach) all() []answers.CockroachNode {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.SortedFunc(maps.Values(c.rows), func(a, b answers.CockroachNode) int { return a.ID - b.ID })
}

// cockroachStatus is the command line: node status --ranges --format=tsv.
func cockroachStatus(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("cockroach", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	ranges := f.Bool("ranges", false, "")
	insecure := f.Bool("insecure", false, "")
	format := f.String("format", "tsv", "")
	host := f.String("host", "", "")
	if len(args) < 2 || args[1] != "status" {
		return errors.New("Error: unknown command")
	}
	if err := f.Parse(args[2:]); err != nil {
		return err
	}
	if !*ranges || !*insecure || *format != "tsv" {
		return errors.New("Error: the stand-in knows --ranges --insecure --format=tsv only")
	}
	var rows []answers.CockroachNode
	if err := fetchJSON(ctx, fmt.Sprintf("http://%s:%d/rows", *host, cockroachPort), &rows); err != nil {
		return fmt.Errorf("Error: unable to connect or connection lost.\n%w", err)
	}
	form := answers.CockroachOf(installedVersion())
	for i, r := range rows {
		rows[i].Form, rows[i].Up = form, time.Since(r.Updated) < 5*time.Second
	}
	fmt.Print(form.Status(rows))
	return nil
}
