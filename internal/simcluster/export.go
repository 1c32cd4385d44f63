package simcluster

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// WriteFiles writes what an operator of the cluster would have into a
// directory: inventory.yaml, known_hosts and id_ed25519. Call it after
// ListenAndServe has chosen a port, if that is used.
func (c *Cluster) WriteFiles(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("writing the simulated cluster's files: %w", err)
	}
	files := []struct {
		name string
		mode os.FileMode
		data []byte
	}{
		{"id_ed25519", 0o600, c.userKey.pem},
		{"known_hosts", 0o644, c.KnownHosts()},
		{"inventory.yaml", 0o644, c.Inventory(dir)},
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.name), f.data, f.mode); err != nil {
			return fmt.Errorf("writing the simulated cluster's files: %w", err)
		}
	}
	return nil
}

// PrivateKey is the login user's key, PEM.
func (c *Cluster) PrivateKey() []byte { return append([]byte(nil), c.userKey.pem...) }

// KnownHosts has the host key of every node, by address and port.
func (c *Cluster) KnownHosts() []byte {
	var b strings.Builder
	for _, n := range c.nodes {
		key := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(n.hostKey.PublicKey())))
		fmt.Fprintf(&b, "[%s]:%d %s\n", n.ip, c.Port(), key)
	}
	return []byte(b.String())
}

// Port is the SSH port of every node.
func (c *Cluster) Port() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.port
}

// Address is the address of a node, empty for an unknown one. SSH, detect_ip
// and Mesos agree on it.
func (c *Cluster) Address(name string) string {
	if n := c.byName[name]; n != nil {
		return n.ip
	}
	return ""
}

// Names lists the nodes of a role, in order.
func (c *Cluster) Names(role dcos.Role) []string {
	var out []string
	for _, n := range c.nodes {
		if n.role == role {
			out = append(out, n.name)
		}
	}
	return out
}

// Inventory is the inventory of the cluster, whose key and known_hosts lie in
// dir. Agents with the fault unknown-agent are left out.
func (c *Cluster) Inventory(dir string) []byte {
	var b strings.Builder
	sum := sha256.Sum256(c.script)
	fmt.Fprintf(&b, "version: 1\ncluster: {name: %s, id: %s}\n", c.opt.Name, c.id)
	fmt.Fprintf(&b, "target: {url: %q, sha256: %s, from: %s, to: %s, mesos: %s}\n", c.ScriptURL(), hex.EncodeToString(sum[:]), c.opt.From, c.opt.To, c.opt.MesosTo)
	fmt.Fprintf(&b, "ssh: {user: %s, port: %d, identity: %q, known_hosts: %q}\n", c.opt.User, c.Port(), filepath.Join(dir, "id_ed25519"), filepath.Join(dir, "known_hosts"))
	host, _, _ := strings.Cut(c.bootstrapAddr(), ":")
	fmt.Fprintf(&b, "bootstrap: {address: %s, url: %q}\nmasters:\n", host, c.repository())
	c.listNodes(&b, dcos.Master, "  ")
	if c.opt.Private+c.opt.Public > 0 {
		b.WriteString("agents:\n")
	}
	for _, g := range []struct {
		name  string
		role  dcos.Role
		width int
	}{{"general", dcos.PrivateAgent, max(c.opt.Width, 1)}, {"public", dcos.PublicAgent, 1}} {
		if len(c.Names(g.role)) > 0 {
			fmt.Fprintf(&b, "  %s:\n    role: %s\n    policy: {width: %d}\n    nodes:\n", g.name, g.role, g.width)
			c.listNodes(&b, g.role, "      ")
		}
	}
	if c.opt.TimeScale != 1 {
		fmt.Fprintf(&b, "rehearsal: {time_scale: %g}\n", c.opt.TimeScale)
	}
	return []byte(b.String())
}

func (c *Cluster) listNodes(b *strings.Builder, role dcos.Role, indent string) {
	for _, n := range c.nodes {
		if n.role != role || n.fault(fault.UnknownAgent) {
			continue
		}
		zone := ""
		if n.zone != "" {
			zone = ", zone: " + n.zone
		}
		fmt.Fprintf(b, "%s- {name: %s, address: %s%s}\n", indent, n.name, n.ip, zone)
	}
}

// ListenAndServe listens on real loopback sockets, one address per node and
// one port for all, and serves until ctx ends. ready is called once every
// node listens.
func (c *Cluster) ListenAndServe(ctx context.Context, ready func()) error {
	listeners, err := c.listen(ctx)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() {
		for _, l := range listeners {
			l.Close()
		}
	})()
	ready()
	done := make(chan error, len(listeners))
	for i, l := range listeners {
		c.serves.Go(func() { done <- c.accept(ctx, c.nodes[i], l) })
	}
	for range listeners {
		err = errors.Join(err, <-done)
	}
	return err
}

// listen takes the same port on every node's address.
func (c *Cluster) listen(ctx context.Context) ([]net.Listener, error) {
	var lc net.ListenConfig
	var last error
	for range 20 {
		var all []net.Listener
		port := c.opt.Port
		for _, n := range c.nodes {
			l, err := lc.Listen(ctx, "tcp", fmt.Sprintf("%s:%d", n.ip, port))
			if err != nil {
				last = err
				break
			}
			port = l.Addr().(*net.TCPAddr).Port
			all = append(all, l)
		}
		if len(all) == len(c.nodes) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.port = port
			return all, nil
		}
		for _, l := range all {
			l.Close()
		}
		if c.opt.Port != 0 {
			break
		}
	}
	return nil, fmt.Errorf("simulated cluster: listening on loopback addresses: %w", last)
}

// accept serves one node's connections. A node that takes none hangs up.
func (c *Cluster) accept(ctx context.Context, n *node, l net.Listener) error {
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: accepting: %w", n.name, err)
		}
		if _, err := c.sshNode(fmt.Sprintf("%s:%d", n.ip, c.Port())); err != nil {
			conn.Close()
			continue
		}
		if err := c.serveSSH(ctx, n, conn); err != nil {
			conn.Close()
		}
	}
}
