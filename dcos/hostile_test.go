package dcos_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Law: what an answer costs to read is a small multiple of its length, whatever
// it says. A list of elements that say nothing, at three bytes each, must not
// become a list of structs.
func TestALyingAnswerCostsLittleMoreThanItsText(t *testing.T) {
	const length = 1 << 20
	times := func(one string) string { return strings.Repeat(one, length/len(one)) }
	var units, metrics strings.Builder
	for i := range length / 24 {
		fmt.Fprintf(&units, "Id=u%d\n\n", i)
		fmt.Fprintf(&metrics, "\"%d\":1,", i)
	}
	for _, c := range []struct {
		name, answer string
		parse        func([]byte) error
		fold         uint64 // bytes allocated, in multiples of the answer
	}{
		{"tasks that say nothing", `{"type":"GET_TASKS","get_tasks":{"tasks":[` + times("{},") + `{}]}}`, parseTasks, 12},
		{"agents that say nothing", `{"type":"GET_AGENTS","get_agents":{"agents":[` + times("{},") + `{}]}}`, parseAgents, 12},
		{"recovered agents that say nothing", `{"type":"GET_AGENTS","get_agents":{"recovered_agents":[` + times("{},") + `{}]}}`, parseAgents, 12},
		{"units without number", units.String(), func(b []byte) error { _, err := dcos.ParseUnits(b); return err }, 40},
		{"lists within each other", `{"type":"GET_AGENTS","get_agents":` + times("["), parseAgents, 12},
		{"objects within each other", times(`{"a":`), func(b []byte) error { _, err := dcos.ParseMetrics(b); return err }, 12},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			err := c.parse([]byte(c.answer))
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Error("it is taken for an answer")
			} else if len(err.Error()) > 1000 {
				t.Errorf("the error has %d bytes", len(err.Error()))
			}
			if got := (after.TotalAlloc - before.TotalAlloc) / uint64(len(c.answer)); got > c.fold {
				t.Errorf("%d bytes are allocated for each of the answer's, at most %d are wanted", got, c.fold)
			}
		})
	}
}

func parseTasks(b []byte) error  { _, err := dcos.ParseGetTasks(b); return err }
func parseAgents(b []byte) error { _, err := dcos.ParseGetAgents(b); return err }
