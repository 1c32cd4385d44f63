package sshexec

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"github.com/pkg/sftp"
)

const (
	privateDir  = "/tmp/dcos-patch." // and eight characters
	cleanupTime = 30 * time.Second   // sudo and shells are slow while a node has no DNS
)

// PutFile is a file for a node.
type PutFile struct {
	Content []byte
	Dst     string // absolute
	Mode    fs.FileMode

	// Install is the command that takes the checked file at tmp to Dst. nil is
	// "install -m MODE TMP DST", under sudo when Sudo is set.
	Install func(tmp string) Cmd
	Sudo    bool
}

// Put sends a file to a private directory of the login user, compares its
// checksum there, has it installed, and removes the directory whatever
// happened, for which it may take up to 30 s longer than ctx lasts. A
// *ChecksumError means that nothing was installed; otherwise errors are those
// of Run and of SFTP. A write that failed is an *UnwrittenError around them. Putting the same file again is harmless.
func (c *Conn) Put(ctx context.Context, f PutFile) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("putting %s: %w", f.Dst, err)
		}
	}()
	res, err := c.Run(ctx, Cmd{Argv: []string{"mktemp", "-d", privateDir + "XXXXXXXX"}})
	if err != nil {
		return c.unwritten(ctx, path.Dir(privateDir), err)
	}
	dir := strings.TrimSpace(string(res.Stdout))
	if !IsPrivateDir(dir) {
		return fmt.Errorf("%s: mktemp answered %q, want a directory %sXXXXXXXX", c.node, said(dir), privateDir)
	}
	defer func() { err = errors.Join(err, c.remove(ctx, dir)) }()
	tmp := path.Join(dir, "file")
	if err := c.send(ctx, tmp, f.Content); err != nil {
		return c.unwritten(ctx, path.Dir(privateDir), err)
	}
	if err := c.compare(ctx, tmp, f.Content); err != nil {
		return err
	}
	_, err = c.Run(ctx, f.install(tmp))
	return err
}

func (f PutFile) install(tmp string) Cmd {
	if f.Install != nil {
		return f.Install(tmp)
	}
	return Cmd{Argv: []string{"install", "-m", fmt.Sprintf("%04o", f.Mode.Perm()), tmp, f.Dst}, Sudo: f.Sudo}
}

// IsPrivateDir holds what will be given to rm -rf to what we asked for.
func IsPrivateDir(dir string) bool {
	name, ok := strings.CutPrefix(dir, privateDir)
	return ok && len(name) == 8 && plain(name) && !strings.ContainsAny(name, "/.")
}

// remove must also happen when ctx has ended.
func (c *Conn) remove(ctx context.Context, dir string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
	defer cancel()
	if _, err := c.Run(ctx, Cmd{Argv: []string{"rm", "-rf", dir}}); err != nil {
		return fmt.Errorf("%s is left behind on %s: %w", dir, c.node, err)
	}
	return nil
}

func (c *Conn) compare(ctx context.Context, tmp string, content []byte) error {
	res, err := c.Run(ctx, Cmd{Argv: []string{"sha256sum", tmp}})
	if err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	want := hex.EncodeToString(sum[:])
	if got, _, _ := strings.Cut(strings.TrimSpace(string(res.Stdout)), " "); got != want {
		return c.unwritten(ctx, path.Dir(privateDir), &ChecksumError{Node: c.node, Path: tmp, Got: said(got), Want: want})
	}
	return nil
}

// send writes the file over SFTP; without SFTP, through a command's standard
// input, which carries any byte as there is no terminal.
func (c *Conn) send(ctx context.Context, tmp string, content []byte) error {
	err := c.sendSFTP(ctx, tmp, content)
	if errors.Is(err, errNoSFTP) {
		_, err = c.Run(ctx, Cmd{Argv: []string{"tee", tmp}, Stdin: bytes.NewReader(content), Limit: 1})
	}
	return err
}

func (c *Conn) sendSFTP(ctx context.Context, tmp string, content []byte) error {
	if err := c.enter(ctx); err != nil {
		return err
	}
	defer c.leave()
	noisy, err := c.greet(ctx)
	if err != nil {
		return err
	}
	if noisy { // sshd may start its SFTP server through the login shell, whose words SFTP does not understand
		return errNoSFTP
	}
	channel, requests, err := c.openSession(ctx)
	if err != nil {
		return err
	}
	c.dropStderr(channel)
	s, err := c.stream(channel, requests, tunnelAddr("sftp"), closing())
	if err != nil {
		return err
	}
	defer s.Close()
	ok, err := c.request(ctx, channel, "subsystem", "sftp")
	if err != nil {
		return fmt.Errorf("%s: sftp: %w", c.node, err)
	}
	if !ok {
		return errNoSFTP
	}
	defer context.AfterFunc(ctx, func() { s.Close() })()
	files, err := sftp.NewClientPipe(s, s, sftp.UseConcurrentWrites(true))
	if err != nil {
		return fmt.Errorf("%s: sftp: %w", c.node, &saidError{orCause(ctx, err)})
	}
	defer files.Close()
	if err := write(files, tmp, content); err != nil {
		return fmt.Errorf("%s: sftp: %w", c.node, &saidError{orCause(ctx, err)})
	}
	return nil
}

func write(files *sftp.Client, name string, content []byte) error {
	f, err := files.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return fmt.Errorf("creating %s: %w", name, err)
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}
