package controller

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// copyBench is a master that takes copies, or does not.
type copyBench struct {
	patcher.Host
	mu    sync.Mutex
	away  bool
	files map[string]string
	puts  []int // bytes of each piece
}

func (b *copyBench) Node(context.Context, inventory.NodeName) (patcher.Host, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.away {
		return nil, errors.New("being patched")
	}
	return b, nil
}

func (b *copyBench) Run(context.Context, sshexec.Cmd) (sshexec.Result, error) {
	return sshexec.Result{}, nil
}

func (b *copyBench) Put(_ context.Context, f sshexec.PutFile) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	argv := f.Install("/tmp/up").Argv
	if argv[2] != "copy" {
		return nil // the program
	}
	var offset int
	fmt.Sscan(argv[6], &offset)
	b.files[argv[5]] = b.files[argv[5]][:offset] + string(f.Content)
	b.puts = append(b.puts, len(f.Content))
	return nil
}

func (b *copyBench) setAway(away bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.away = away
}

// sent are the bytes of each piece so far, and what the copy of the journal is.
func (b *copyBench) sent() ([]int, string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.puts), b.files[journal.JournalFile]
}

func TestACopyCostsWhatIsNewAndAMasterThatWasAwayGetsAllOfItLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := journal.Store{Dir: t.TempDir()}
		write := func(name, text string) {
			f, err := os.OpenFile(store.Path("r", name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if _, err := f.WriteString(text); err != nil {
				t.Fatal(err)
			}
		}
		if err := store.Adopt("r"); err != nil {
			t.Fatal(err)
		}
		write(journal.PlanFile, "plan")
		write(journal.ScriptFile, "script")
		write(journal.JournalFile, strings.Repeat("a line\n", 1000))
		m := &copyBench{files: map[string]string{}}
		r := &running{runs: Runs{Store: store}, run: "r", lock: &patcher.Lock{Masters: []inventory.NodeName{"m1"}}, plan: &plan.Plan{}}
		c := startCopies(t.Context(), r, m, node.Claim{Epoch: 1, Run: "r"})
		c.want()
		synctest.Wait()
		if puts, text := m.sent(); len(puts) != 3 || len(text) != 7000 {
			t.Fatalf("sent %v", puts)
		}
		for range 10 { // steps end one after the other
			write(journal.JournalFile, "b line\n")
			c.want()
			time.Sleep(copyEvery / 20)
		}
		if puts, _ := m.sent(); len(puts) != 3 {
			t.Errorf("%d pieces were sent within %s", len(puts)-3, copyEvery)
		}
		time.Sleep(copyEvery)
		if puts, _ := m.sent(); len(puts) != 4 || puts[3] != 70 {
			t.Errorf("sent %v, want a piece of 70 bytes at the end", puts)
		}
		m.setAway(true)
		write(journal.JournalFile, "c line\n")
		c.want()
		time.Sleep(2 * copyEvery)
		m.setAway(false)
		write(journal.JournalFile, "d line\nhalf a li")
		c.finish()
		if puts, text := m.sent(); len(puts) != 5 || puts[4] != 14 || !strings.HasSuffix(text, "b line\nc line\nd line\n") {
			t.Errorf("sent %v, ends with %q", puts, text[7000:])
		}
		if m.files[journal.PlanFile] != "plan" || m.files[journal.ScriptFile] != "script" {
			t.Errorf("%v", m.files)
		}
	})
}

func (*copyBench) Visit(inventory.NodeName) (leave func()) { return func() {} }
