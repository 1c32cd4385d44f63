package simcluster

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/memnet"
	"github.com/dcos-patch/dcos-patch/internal/sshd"
)

// keyFor makes a key out of the seed and the label: a cluster made again from
// the same options has the same keys.
func (c *Cluster) keyFor(label string) (ed25519.PrivateKey, ssh.Signer, error) {
	seed := sha256.Sum256(fmt.Appendf(nil, "key %d %s", c.opt.Seed, label))
	key := ed25519.NewKeyFromSeed(seed[:])
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		return nil, nil, fmt.Errorf("key of %s: %w", label, err)
	}
	return key, signer, nil
}

func (c *Cluster) makeUserKey() error {
	key, signer, err := c.keyFor("user")
	if err != nil {
		return err
	}
	block, err := ssh.MarshalPrivateKey(key, "simulated cluster")
	if err != nil {
		return fmt.Errorf("key of the user: %w", err)
	}
	c.userKey = userKey{signer: signer, pem: pem.EncodeToMemory(block)}
	return nil
}

func (n *node) makeKeys() error {
	var err error
	if n.listener, err = n.c.net.Listen(n.sshAddr()); err != nil {
		return err
	}

	_, signer, err := n.c.keyFor("host " + n.name)
	if err != nil {
		return err
	}
	n.hostKey, n.wantKey = signer, n.c.userKey.signer.PublicKey()
	if n.fault(fault.WrongKey) {
		_, other, err := n.c.keyFor("another user")
		if err != nil {
			return err
		}
		n.wantKey = other.PublicKey()
	}
	return nil
}

// presented is the host key that the node's sshd shows.
func (n *node) presented() (ssh.Signer, error) {
	if !n.fault(fault.HostKeyChanged) {
		return n.hostKey, nil
	}
	_, signer, err := n.c.keyFor("changed host " + n.name)
	return signer, err
}

// DialContext connects to a node's SSH port in memory. It is shaped as
// net.Dialer's; the network is ignored. A silent node answers only when its
// silence is over, or not before ctx ends.
func (c *Cluster) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	n, err := c.sshNode(addr)
	if err == nil {
		var ours net.Conn
		if ours, err = c.connect(ctx, n, addr); err == nil {
			return ours, nil
		}
	}
	return nil, &net.OpError{Op: "dial", Net: network, Addr: memnet.Addr(addr), Err: err}
}

// connect goes through the memory network, which can fall silent. The
// connection accepted may be another dialler's: both are this node's.
func (c *Cluster) connect(ctx context.Context, n *node, addr string) (net.Conn, error) {
	ours, err := c.net.Dial(ctx, addr)
	if err != nil {
		return nil, err
	}
	theirs, err := n.listener.Accept()
	if err == nil {
		err = c.serveSSH(ctx, n, theirs)
	}
	if err != nil {
		ours.Close()
		return nil, err
	}
	return ours, nil
}

// sshAddr is the node's SSH address.
func (n *node) sshAddr() string { return net.JoinHostPort(n.ip, strconv.Itoa(n.c.port)) }

// sshNode finds the node behind an SSH address, if it takes connections.
func (c *Cluster) sshNode(addr string) (*node, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	defer c.enter()()
	n := c.byIP[host]
	switch {
	case c.closed || n == nil || port != fmt.Sprint(c.port):
		return nil, syscall.EHOSTUNREACH
	case !n.power:
		return nil, syscall.EHOSTUNREACH
	case n.c.now().Before(n.sshDown):
		n.acts(fault.SSHDown)
		return nil, syscall.ECONNREFUSED
	}
	return n, nil
}

// serveSSH starts to serve one connection. It lives on when ctx, the
// dialler's, has ended; Close ends it.
func (c *Cluster) serveSSH(ctx context.Context, n *node, conn net.Conn) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return net.ErrClosed
	}
	key, err := n.presented()
	if err != nil {
		return err
	}
	server := &sshd.Server{HostKey: key, User: c.opt.User, Authorized: []ssh.PublicKey{n.wantKey}, Handler: session{n},
		RefuseForwarding: n.fault(fault.NoForwarding), RefuseSFTP: n.fault(fault.NoSFTP) || c.opt.Systemd == Systemd219,
		RequireTTY: c.opt.Systemd == Systemd219}
	c.conns[conn], n.conns[conn] = struct{}{}, struct{}{}
	c.serves.Go(func() {
		_ = server.Serve(context.WithoutCancel(ctx), conn) // a client that fails to log in is the client's business
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.conns, conn)
		delete(n.conns, conn)
	})
	return nil
}

// cutSSH breaks every connection of the node; the lock is held.
func (n *node) cutSSH() {
	for conn := range n.conns {
		if n.c.closed {
			return
		}
		delete(n.conns, conn)
		n.c.serves.Go(func() { conn.Close() })
	}
	n.c.note(n, "cut", "ssh connections")
}

// refuseSSH lets the node refuse connections for a while, or forever.
func (n *node) refuseSSH(f Fault) {
	n.sshDown = n.c.now().Add(n.c.scaled(f.For))
	if f.For == 0 {
		n.sshDown = n.c.now().Add(10 * 365 * 24 * time.Hour)
	}
	n.cutSSH()
}

// fallSilent lets the node answer nothing any more, without a word.
func (n *node) fallSilent(f Fault) {
	n.c.note(n, "silent", "")
	n.acts(fault.SSHSilent)
	n.c.net.Silence(n.sshAddr())
	if f.For > 0 {
		n.c.wake(f.For)
		n.c.after(f.For, func() { n.c.net.Heal(n.sshAddr()) })
	}
}

// Files serves SFTP on the node's files, as the login user.
func (s session) Files() sftp.Handlers {
	f := sftpFiles(s)
	return sftp.Handlers{FileGet: f, FilePut: f, FileCmd: f, FileList: f}
}

var errRefused = errors.New("connection refused")
