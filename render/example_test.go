package render_test

import (
	"fmt"
	"os"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/render"
)

func ExampleFold() {
	fmt.Println(render.Fold([]inventory.NodeName{"a008", "a009", "a010", "a012", "m1"}))
	// Output: a[008-010,012] m1
}

func ExampleText() {
	log := &render.Text{W: os.Stdout}
	at := time.Date(2026, 11, 21, 23, 34, 49, 0, time.UTC)
	if err := log.Event(journal.Event{At: at, Kind: journal.Held, Detail: "a037 is away"}); err != nil {
		panic(err)
	}
	// Output:
	// 23:34:49 HOLD a037 is away
	//          lanes in flight finish, nothing new starts; goes on by itself
}
