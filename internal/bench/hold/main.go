// Command hold keeps SSH connections to one server under many names and says
// what they cost: hold ADDR IDENTITY KNOWN_HOSTS N.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

func main() {
	if err := hold(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func hold(ctx context.Context, args []string) error {
	if len(args) != 4 {
		return errors.New("usage: hold ADDR IDENTITY KNOWN_HOSTS N")
	}
	n, err := strconv.Atoi(args[3])
	if err != nil {
		return err
	}
	pool := sshexec.NewPool(sshexec.Config{Identities: args[1:2], KnownHosts: args[2:3]}, func(name string) (sshexec.Target, error) {
		return sshexec.Target{Name: name, Addr: args[0], User: "ops"}, nil
	})
	defer pool.Close()
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			c, err := pool.Get(ctx, fmt.Sprintf("n%d", i))
			if err == nil {
				_, err = c.Run(ctx, sshexec.Cmd{Argv: []string{"true"}})
			}
			errs[i] = err
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	rss, err := residentKB()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(os.Stdout, "%d\n", rss)
	return err
}

// residentKB is this process's resident memory.
func residentKB() (int, error) {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if v, ok := strings.CutPrefix(s.Text(), "VmRSS:"); ok {
			return strconv.Atoi(strings.Fields(v)[0])
		}
	}
	return 0, errors.New("no VmRSS in /proc/self/status")
}
