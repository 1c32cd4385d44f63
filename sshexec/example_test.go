package sshexec_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

func ExamplePool() {
	ctx := context.Background()
	pool := sshexec.NewPool(sshexec.Config{
		Identities:  []string{"/home/ops/.ssh/ops"},
		AgentSocket: os.Getenv("SSH_AUTH_SOCK"),
		KnownHosts:  []string{"known_hosts"},
	}, func(name string) (sshexec.Target, error) {
		bastion := sshexec.Hop{Name: "bastion", Addr: "bastion.example.com:22", User: "ops"}
		return sshexec.Target{Name: name, Addr: name + ":22", User: "ops", Jump: []sshexec.Hop{bastion}}, nil
	})
	defer pool.Close()

	conn, err := pool.Get(ctx, "m1")
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = conn.Run(ctx, sshexec.Cmd{Argv: []string{"systemctl", "is-active", "dcos-mesos-master"}, Sudo: true})
	var said *sshexec.ExitError
	var lost *sshexec.LostError
	switch {
	case errors.As(err, &said):
		fmt.Println("the node said no:", said.Code)
	case errors.As(err, &lost):
		fmt.Println("nobody heard the end, it may still be running")
	}

	// HTTP from the node's point of view.
	mesos := &http.Client{Transport: &http.Transport{DialContext: conn.DialContext}}
	_ = mesos
}

func ExampleQuote() {
	fmt.Println(sshexec.Quote([]string{"echo", "it's", "$HOME", "plain"}))
	// Output: echo 'it'\''s' '$HOME' plain
}
