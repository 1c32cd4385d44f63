//go:build e2e

package e2e

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

const (
	fromVersion = dcos.Version("2.1.0")
	toVersion   = dcos.Version("2.1.1")
	clusterID   = "3f0c1e2a-77d0-4c1b-9a55-0e6f2f1b8d11"
	timeScale   = 0.1
	tasksEach   = 2 // per agent
)

// node is a machine that is patched.
type node struct {
	container
	Role dcos.Role
}

// lab is the whole of it. It is made once and shared by the scenarios, each of
// which sets it back first.
type lab struct {
	prefix    string
	dir       string // scratch of the controller
	product   string // the dcos-patch under test
	network   string
	bootstrap container
	nodes     []node // masters, private agents, public agents
	scriptURL string
}

func (l *lab) masters() []node { return l.nodes[:3] }
func (l *lab) agents() []node  { return l.nodes[3:] }

// newLab names everything, and starts nothing.
func newLab() (*lab, error) {
	var id [4]byte
	if _, err := rand.Read(id[:]); err != nil {
		return nil, err
	}
	l := &lab{prefix: "dcos-patch-e2e-" + hex.EncodeToString(id[:])}
	dir, err := os.MkdirTemp("", l.prefix+"-*")
	if err != nil {
		return nil, err
	}
	l.dir, l.network = dir, l.prefix
	l.bootstrap = container{Name: "boot", ID: l.prefix + "-boot"}
	for name, role := range map[string]dcos.Role{
		"m1": dcos.Master, "m2": dcos.Master, "m3": dcos.Master,
		"a1": dcos.PrivateAgent, "a2": dcos.PrivateAgent, "a3": dcos.PrivateAgent, "p1": dcos.PublicAgent,
	} {
		l.nodes = append(l.nodes, node{container{Name: name, ID: l.prefix + "-" + name}, role})
	}
	sortNodes(l.nodes)
	return l, nil
}

// start brings the lab up to a healthy cluster at the old version.
func (l *lab) start(ctx context.Context) error {
	image, err := run(ctx, "bash", "image.sh")
	if err != nil {
		return err
	}
	if err := l.build(ctx); err != nil {
		return err
	}
	if err := l.connect(ctx); err != nil {
		return err
	}
	if err := l.each(func(c container, _ dcos.Role) error { return l.boot(ctx, strings.TrimSpace(image), c) }); err != nil {
		return err
	}
	if err := l.equip(ctx); err != nil {
		return err
	}
	if err := l.serve(ctx); err != nil {
		return err
	}
	return l.reset(ctx)
}

// build makes the two programs.
func (l *lab) build(ctx context.Context) error {
	standin := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(l.dir, "standin"), "./standin")
	standin.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := standin.CombinedOutput(); err != nil {
		return fmt.Errorf("building the stand-in: %w: %s", err, out)
	}
	if l.product = os.Getenv("DCOS_PATCH_E2E_BINARY"); l.product != "" {
		return nil
	}
	l.product = filepath.Join(l.dir, "dcos-patch")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", l.product, "../cmd/dcos-patch").CombinedOutput(); err != nil {
		return fmt.Errorf("building dcos-patch: %w: %s", err, out)
	}
	return nil
}

// connect makes a network in the first free range, and gives out addresses.
func (l *lab) connect(ctx context.Context) error {
	var errs []error
	for third := 77; third < 87; third++ {
		_, err := docker(ctx, "network", "create", "--subnet", fmt.Sprintf("172.31.%d.0/24", third), l.network)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		l.bootstrap.IP = fmt.Sprintf("172.31.%d.5", third)
		for i := range l.nodes {
			l.nodes[i].IP = fmt.Sprintf("172.31.%d.%d", third, 11+i)
		}
		return nil
	}
	return errors.Join(errs...)
}

// boot starts one machine: systemd needs the control groups, nothing else of
// the host, and no privileged container.
func (l *lab) boot(ctx context.Context, image string, c container) error {
	if _, err := docker(ctx, "create", "--name", c.ID, "--hostname", c.Name, "--network", l.network, "--ip", c.IP,
		"--cap-add", "SYS_ADMIN", "--security-opt", "seccomp=unconfined", "--stop-signal", "SIGRTMIN+3",
		"--tmpfs", "/run", "--tmpfs", "/run/lock", "--tmpfs", "/tmp",
		"-v", "/sys/fs/cgroup:/sys/fs/cgroup:rw", "--cgroupns", "host", image); err != nil {
		return err
	}
	if _, err := docker(ctx, "cp", filepath.Join(l.dir, "standin"), c.ID+":/opt/standin"); err != nil {
		return err
	}
	if _, err := docker(ctx, "start", c.ID); err != nil {
		return err
	}
	return until(ctx, time.Minute, c.Name+" has booted", func() error {
		_, err := c.sh(ctx, "systemctl is-active ssh && systemctl is-active dbus && mkdir -p /opt/lab && { test -x /opt/lab/standin || mv /opt/standin /opt/lab/standin; }")
		return err
	})
}

// equip gives every machine the key, and the stand-in its configuration.
func (l *lab) equip(ctx context.Context) error {
	if _, err := run(ctx, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", l.keyFile()); err != nil {
		return err
	}
	key, err := os.ReadFile(l.keyFile() + ".pub")
	if err != nil {
		return err
	}
	err = l.each(func(c container, role dcos.Role) error {
		config, err := json.Marshal(map[string]any{
			"name": c.Name, "ip": c.IP, "role": roleName(role), "masters": l.masterIPs(), "cluster_id": clusterID,
			"from": fromVersion, "to": toVersion, "scale": timeScale, "tasks": tasksEach,
		})
		if err != nil {
			return err
		}
		if err := c.put(ctx, "/etc/dcos-standin.json", config); err != nil {
			return err
		}
		if err := c.put(ctx, "/home/ops/.ssh/authorized_keys", key); err != nil {
			return err
		}
		_, err = c.sh(ctx, "chown ops: /home/ops/.ssh/authorized_keys && chmod 0600 /home/ops/.ssh/authorized_keys")
		return err
	})
	if err != nil {
		return err
	}
	return l.writeKnownHosts(ctx)
}

// writeKnownHosts takes the host keys from the machines themselves.
func (l *lab) writeKnownHosts(ctx context.Context) error {
	var b strings.Builder
	machines := []container{l.bootstrap}
	for _, n := range l.nodes {
		machines = append(machines, n.container)
	}
	for _, m := range machines {
		key, err := m.sh(ctx, "cat /etc/ssh/ssh_host_ed25519_key.pub")
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s %s", m.IP, key)
		for _, port := range []int{portNoSFTP, portFew, portSlowDNS, portBusy} {
			fmt.Fprintf(&b, "[%s]:%d %s", m.IP, port, key)
		}
	}
	return os.WriteFile(l.knownHosts(), []byte(b.String()), 0o600)
}

// serve has the bootstrap node serve the new packages and the patch script.
func (l *lab) serve(ctx context.Context) error {
	ids, err := l.bootstrap.sh(ctx, "/opt/lab/standin serve && systemctl unmask nginx && systemctl start nginx")
	if err != nil {
		return err
	}
	script := simcluster.RenderScript(simcluster.ScriptText{
		From: fromVersion, To: toVersion, Repository: l.repository(), Packages: strings.Fields(ids), NoBlock: true,
	})
	path := "/upgrade/5d2e4a7c91b04f6f8a3de0c1b2a39f47/dcos_node_upgrade.sh"
	l.scriptURL = l.repository() + path
	return l.bootstrap.put(ctx, "/var/www/html"+path, script)
}

// reset sets every node back to the old version and waits for health. The
// masters come first, as an agent of an older cluster has nobody to talk to.
func (l *lab) reset(ctx context.Context) error {
	err := l.each(func(c container, role dcos.Role) error {
		if role == dcos.RoleUnknown {
			return nil
		}
		_, err := c.sh(ctx, "systemctl reset-failed; /opt/lab/standin reset")
		return err
	})
	if err != nil {
		return err
	}
	return until(ctx, 4*time.Minute, "the cluster is healthy", func() error {
		_, err := l.masters()[0].sh(ctx, fmt.Sprintf("/opt/lab/standin healthy %d", len(l.agents())))
		return err
	})
}

// stop removes what start has made, by exact name. It is called on every way
// out, also when start has not come to its end.
func (l *lab) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	errs := []error{l.each(func(c container, _ dcos.Role) error {
		if _, err := docker(ctx, "container", "inspect", c.ID); err != nil {
			return nil // never made
		}
		_, err := docker(ctx, "rm", "-f", "-v", c.ID)
		return err
	})}
	if _, err := docker(ctx, "network", "inspect", l.network); err == nil {
		_, err := docker(ctx, "network", "rm", l.network)
		errs = append(errs, err)
	}
	return errors.Join(append(errs, os.RemoveAll(l.dir))...)
}

// each does something to all machines at once, the bootstrap node too.
func (l *lab) each(do func(container, dcos.Role) error) error {
	errs := make([]error, len(l.nodes)+1)
	var wg sync.WaitGroup
	wg.Go(func() { errs[0] = do(l.bootstrap, dcos.RoleUnknown) })
	for i, n := range l.nodes {
		wg.Go(func() {
			if err := do(n.container, n.Role); err != nil {
				errs[i+1] = fmt.Errorf("%s: %w", n.Name, err)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
