package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/controller"
)

// ended is how a command ended.
type ended struct {
	code     int
	out, err string
	took     time.Duration // virtual
}

func (e ended) String() string {
	return fmt.Sprintf("exit %d after %s\n%s\n%s", e.code, e.took, e.out, e.err)
}

// controller is one process of dcos-patch, with a state directory, signals and
// a network of its own.
type operator struct {
	lab   *lab
	state string            // directory
	heard chan os.Signal    // what it is sent
	wrote func(line string) // told of each line of standard output as it is written; may be nil
	says  string            // what a person at its terminal answers; empty: there is nobody
	full  error             // what every write to standard output fails with; nil: none does
	out   bytes.Buffer
	errs  bytes.Buffer
	stop  context.CancelFunc

	mu    sync.Mutex
	dead  bool
	conns []net.Conn
}

func (l *lab) controller() *operator {
	return &operator{lab: l, state: filepath.Join(l.dir, "state"), heard: make(chan os.Signal, 2)}
}

// run carries out a command to its end.
func (l *lab) run(args ...string) ended {
	l.Helper()
	return l.controller().run(args...)
}

func (k *operator) run(args ...string) ended {
	ctx, stop := context.WithCancel(k.lab.Context())
	defer stop()
	k.stop = stop
	begin := time.Now()
	a := &app{
		streams: streams{in: strings.NewReader(k.says), out: (*output)(k), errOut: &k.errs, interactive: k.says != ""},
		environment: environment{dial: k.dial, stores: controller.StoresAt(k.state), phrase: k.lab.phrase,
			signals: func() (<-chan os.Signal, func()) { return k.heard, func() {} }},
	}
	if args[0] != "-i" { // as in a command that was printed
		args = append([]string{"-i", k.lab.inventory()}, args...)
	}
	code := a.run(ctx, args)
	return ended{code: code, out: k.out.String(), err: k.errs.String(), took: time.Since(begin)}
}

// kill is what the rest of the world sees of a controller that loses its
// power: from here on nothing of it reaches any node.
func (k *operator) kill() {
	k.mu.Lock()
	k.dead = true
	conns := k.conns
	k.mu.Unlock()
	for _, c := range conns {
		c.Close()
	}
	k.stop()
}

func (k *operator) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if strings.Contains(addr, ".example.com:") {
		return k.lab.web.DialContext(ctx, network, addr)
	}
	c, err := k.lab.c.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.dead {
		c.Close()
		return nil, errors.New("this controller is dead")
	}
	k.conns = append(k.conns, c)
	return c, nil
}

// output is a controller's standard output.
type output operator

func (o *output) Write(b []byte) (int, error) {
	if o.full != nil {
		return 0, o.full
	}
	o.out.Write(b)
	if o.wrote != nil {
		o.wrote(string(b))
	}
	return len(b), nil
}
