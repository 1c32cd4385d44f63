package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

const zookeeperDir = "/var/lib/dcos/exhibitor/zookeeper"

// zookeeperConfig is the server's configuration. The tick is a quarter of
// DC/OS's: shorter ones make a loaded machine lose sessions for no reason.
func zookeeperConfig(l lab) string {
	var b strings.Builder
	fmt.Fprintf(&b, "tickTime=500\ninitLimit=20\nsyncLimit=10\ndataDir=%s/snapshot\nclientPort=%d\n", zookeeperDir, dcos.ZooKeeperPort)
	b.WriteString("4lw.commands.whitelist=*\nadmin.enableServer=false\nquorumListenOnAllIPs=true\nmaxClientCnxns=0\n")
	for i, m := range l.Masters {
		fmt.Fprintf(&b, "server.%d=%s:2888:3888\n", i+1, m)
	}
	return b.String()
}

// runZooKeeper keeps a server running as a child of ours until ctx ends. The
// child is killed then: systemd would do it anyway, with the cgroup.
func runZooKeeper(ctx context.Context, l lab) error {
	data := filepath.Join(zookeeperDir, "snapshot")
	config := filepath.Join(zookeeperDir, "zoo.cfg")
	if err := os.MkdirAll(data, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(data, "myid"), fmt.Appendf(nil, "%d\n", l.ordinal()), 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(config, []byte(zookeeperConfig(l)), 0o644); err != nil {
		return err
	}
	every(ctx, time.Second, func() {
		c := exec.CommandContext(ctx, "java", "-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
			"-cp", "/usr/share/java/zookeeper.jar:/usr/share/java/slf4j-nop.jar",
			"org.apache.zookeeper.server.quorum.QuorumPeerMain", config)
		c.Stdout, c.Stderr = os.Stdout, os.Stderr
		err := c.Run()
		event("zookeeper ended: %v", err)
	})
	return nil
}

// srvr asks a ZooKeeper server for its mode. A server that answers without
// one is "not serving"; an error means that it did not answer.
func srvr(ctx context.Context, ip string) (string, error) {
	d := net.Dialer{Timeout: time.Second}
	conn, err := d.DialContext(ctx, "tcp", fmt.Sprintf("%s:%d", ip, dcos.ZooKeeperPort))
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(2 * time.Second)); err != nil {
		return "", err
	}
	if _, err := conn.Write([]byte("srvr")); err != nil {
		return "", err
	}
	answer, err := io.ReadAll(conn)
	if len(answer) == 0 && err != nil {
		return "", err
	}
	for line := range bytes.Lines(answer) {
		if mode, ok := strings.CutPrefix(strings.TrimSpace(string(line)), "Mode: "); ok {
			return mode, nil
		}
	}
	return "not serving", nil
}
