package simcluster

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// program stands for the node program: the model looks at its first line only.
const program = "#!/bin/sh\n# stands for the node program\n"

// start makes a cluster that is closed, and looked through for drift, when
// the test ends.
func start(t *testing.T, opt Options) *Cluster {
	t.Helper()
	c, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, d := range c.Drift() {
			t.Errorf("drift: %s", d)
		}
		c.Close()
	})
	return c
}

// login is an SSH client on one node.
type login struct {
	t    *testing.T
	c    *Cluster
	node string
	ssh  *ssh.Client
}

func dial(t *testing.T, c *Cluster, node string) (*login, error) {
	t.Helper()
	addr := net.JoinHostPort(c.Address(node), "22022")
	conn, err := c.DialContext(t.Context(), "tcp", addr)
	if err != nil {
		return nil, err
	}
	signer, err := ssh.ParsePrivateKey(c.PrivateKey())
	if err != nil {
		t.Fatal(err)
	}
	cc, chans, reqs, err := ssh.NewClientConn(conn, addr, &ssh.ClientConfig{User: "ops", Auth: []ssh.AuthMethod{ssh.PublicKeys(signer)},
		HostKeyCallback: ssh.FixedHostKey(c.byName[node].hostKey.PublicKey())})
	if err != nil {
		conn.Close()
		return nil, err
	}
	l := &login{t: t, c: c, node: node, ssh: ssh.NewClient(cc, chans, reqs)}
	t.Cleanup(func() { l.ssh.Close() })
	return l, nil
}

func must(t *testing.T, c *Cluster, node string) *login {
	t.Helper()
	l, err := dial(t, c, node)
	if err != nil {
		t.Fatalf("%s: %v", node, err)
	}
	return l
}

// run gives what a command printed, and its exit code; -1 when nobody heard
// its end.
func (l *login) run(line, stdin string) (stdout, stderr string, code int) {
	l.t.Helper()
	s, err := l.ssh.NewSession()
	if err != nil {
		return "", err.Error(), -1
	}
	defer s.Close()
	var out, errs bytes.Buffer
	s.Stdout, s.Stderr, s.Stdin = &out, &errs, strings.NewReader(stdin)
	err = s.Run(line)
	var exit *ssh.ExitError
	switch {
	case err == nil:
		return out.String(), errs.String(), 0
	case errors.As(err, &exit) && exit.Signal() == "":
		return out.String(), errs.String(), exit.ExitStatus()
	default:
		return out.String(), err.Error(), -1
	}
}

// ok runs a command that must succeed.
func (l *login) ok(line, stdin string) string {
	l.t.Helper()
	out, errs, code := l.run(line, stdin)
	if code != 0 {
		l.t.Fatalf("%s: %s: exit %d: %s", l.node, line, code, errs)
	}
	return out
}

func (l *login) verb(args string) string {
	l.t.Helper()
	return l.ok("sudo -n /bin/sh -s -- "+args, program)
}

func (l *login) installedVerb(args string) (stdout, stderr string, code int) {
	return l.run("sudo -n /bin/sh "+installedPath()+" "+args, "")
}

func (l *login) change(args string) string {
	l.t.Helper()
	return l.ok("sudo -n /bin/sh "+installedPath()+" "+args, "")
}

func installedPath() string { return programDir + "/bin/node-" + sumOf([]byte(program))[:12] + ".sh" }

// put uploads as sshexec does.
func (l *login) put(dst string, data []byte) {
	l.t.Helper()
	dir := strings.TrimSpace(l.ok("mktemp -d /tmp/dcos-patch.XXXXXXXX", ""))
	client, err := sftp.NewClient(l.ssh)
	if err != nil {
		l.t.Fatal(err)
	}
	defer client.Close()
	f, err := client.Create(dir + "/x")
	if err != nil {
		l.t.Fatal(err)
	}
	if _, err := io.Copy(f, bytes.NewReader(data)); err != nil {
		l.t.Fatal(err)
	}
	f.Close()
	if got := l.ok("sha256sum "+dir+"/x", ""); !strings.HasPrefix(got, sumOf(data)) {
		l.t.Fatalf("sha256sum: %s", got)
	}
	l.verb("install 0700 " + dir + "/x " + dst)
	l.ok("rm -rf "+dir, "")
}

// prepare installs program and script, and takes the lock on a master.
func (l *login) prepare() {
	l.t.Helper()
	l.put(installedPath(), []byte(program))
	l.change("init 1 run1")
	l.put(programDir+"/scripts/"+sumOf(l.c.Script())+".sh", l.c.Script())
}

func (l *login) launch() (stdout, stderr string, code int) {
	return l.launchFrom(1, string(l.c.opt.From))
}

// launchFrom launches an attempt from a version, within the next minute.
func (l *login) launchFrom(attempt int, from string) (stdout, stderr string, code int) {
	return l.installedVerb(fmt.Sprintf("launch 1 run1 %s %d %s %s 'me on here'", sumOf(l.c.Script()), attempt, from, l.soon()))
}

// soon is the deadline of a launch.
func (l *login) soon() string {
	defer l.c.enter()()
	n := l.c.byName[l.node]
	return fmt.Sprintf("%s %d", n.bootID(), int(n.uptime())+60)
}

// http asks through a tunnel. Connections are not kept.
func (l *login) http(method, target string, body any) (*http.Response, []byte, error) {
	l.t.Helper()
	return l.httpAs("application/json", method, target, body)
}

// post asks this node's master for its health, with a content type.
func (l *login) post(kind string) (int, string) {
	l.t.Helper()
	res, data, err := l.httpAs(kind, http.MethodPost, "http://"+l.c.Address(l.node)+":5050/api/v1", map[string]string{"type": "GET_HEALTH"})
	if err != nil {
		l.t.Fatal(err)
	}
	return res.StatusCode, string(data)
}

func (l *login) httpAs(kind, method, target string, body any) (*http.Response, []byte, error) {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), time.Minute)
	defer cancel()
	b, err := json.Marshal(body)
	if err != nil {
		l.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(b))
	if err != nil {
		l.t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	tr := &http.Transport{DisableKeepAlives: true, DialContext: func(_ context.Context, network, addr string) (net.Conn, error) {
		return l.ssh.Dial(network, addr)
	}}
	res, err := tr.RoundTrip(r)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	return res, data, err
}

// get is the JSON at a URL of the node.
func (l *login) get(port, path string) map[string]any {
	l.t.Helper()
	u := url.URL{Scheme: "http", Host: l.c.Address(l.node) + ":" + port, Path: path}
	res, data, err := l.http(http.MethodGet, u.String(), nil)
	if err != nil || res.StatusCode != http.StatusOK {
		l.t.Fatalf("%s: %v %v", u.String(), res, err)
	}
	var v map[string]any
	if err := json.Unmarshal(data, &v); err != nil {
		l.t.Fatalf("%s: %v", u.String(), err)
	}
	return v
}

// v1 is an operator call's status and answer.
func (l *login) v1(port, call string) (int, map[string]any) {
	l.t.Helper()
	res, data, err := l.http(http.MethodPost, "http://"+l.c.Address(l.node)+":"+port+"/api/v1", map[string]string{"type": call})
	if err != nil {
		return 0, nil
	}
	var v map[string]any
	_ = json.Unmarshal(data, &v)
	m, _ := v[strings.ToLower(call)].(map[string]any)
	return res.StatusCode, m
}
