package steps

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// offersOf reads offers of agents, each "S1:cpus:mem".
func offersOf(t *testing.T, offers ...string) dcos.SchedulerEvent {
	t.Helper()
	var all []string
	for i, o := range offers {
		f := strings.Split(o, ":")
		all = append(all, fmt.Sprintf(`{"id":{"value":"O%d"},"agent_id":{"value":%q},"resources":[{"name":"cpus","scalar":{"value":%s}},{"name":"mem","scalar":{"value":%s}}]}`, i+1, f[0], f[1], f[2]))
	}
	e, err := dcos.ParseSchedulerEvent([]byte(`{"type":"OFFERS","offers":{"offers":[` + strings.Join(all, ",") + `]}}`))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func orderText(c Call) string {
	text := map[Verb]string{Revive: "revive", Suppress: "suppress", Decline: "decline", LaunchTask: "launch", Acknowledge: "acknowledge"}[c.Do]
	for _, f := range c.Offers {
		text += " " + f.ID
	}
	if c.Do == Decline {
		text += fmt.Sprintf(" for %g", c.Wait.Seconds())
	}
	return text + strings.TrimRight(" "+c.Task.ID+c.Update.UUID, " ")
}

func told(orders []Call) (all []string) {
	for _, o := range orders {
		all = append(all, orderText(o))
	}
	return all
}

func waiting() *framework { return &framework{agent: "S1", tasks: new(int)} }

func TestOnlyTheCanarysOfferIsTaken(t *testing.T) {
	for _, c := range []struct {
		name   string
		offers []string
		want   []string
	}{
		{"among others", []string{"S0:4:1000", "S1:4:1000", "S2:4:1000"}, []string{"launch O2 probe-1", "suppress", "decline O1 O3 for 3600"}},
		{"the first of two of it", []string{"S1:4:1000", "S1:2:500"}, []string{"launch O1 probe-1", "suppress", "decline O2 for 3600"}},
		{"the one of it that is large enough", []string{"S1:4:16", "S1:0.01:32"}, []string{"launch O2 probe-1", "suppress", "decline O1 for 5"}},
		{"too small", []string{"S1:0.005:1000"}, []string{"decline O1 for 5"}},
		{"none of it", []string{"S0:4:1000"}, []string{"decline O1 for 3600"}},
	} {
		l := waiting()
		do, end := l.hear(offersOf(t, c.offers...))
		if got := told(do); end != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %v; want %v", c.name, got, end, c.want)
		}
	}
}

func TestNothingMoreIsLaunchedWhileATaskIsUnderWay(t *testing.T) {
	l := waiting()
	l.hear(offersOf(t, "S1:4:1000"))
	do, _ := l.hear(offersOf(t, "S1:4:1000"))
	if got := told(do); !slices.Equal(got, []string{"decline O1 for 3600"}) {
		t.Errorf("%v", got)
	}
}

func TestATasksUpdatesAreTheProbesEnd(t *testing.T) {
	from := func(state, source string) dcos.TaskUpdate {
		return dcos.TaskUpdate{TaskID: "probe-1", AgentID: "S1", State: state, Source: source, UUID: "u"}
	}
	finished, failed := from("TASK_FINISHED", "SOURCE_EXECUTOR"), from("TASK_FAILED", "SOURCE_AGENT")
	failed.Reason, failed.Message = "REASON_CONTAINER_LAUNCH_FAILED", "no\nsocket"
	elsewhere, byMaster, lost, stranger := finished, finished, finished, finished
	elsewhere.AgentID, byMaster.Source = "S2", "SOURCE_MASTER"
	lost.State, lost.Source, lost.UUID = "TASK_UNREACHABLE", "SOURCE_MASTER", ""
	stranger.TaskID = "probe-0"
	for _, c := range []struct {
		name    string
		updates []dcos.TaskUpdate
		status  dcos.Status // Unknown: no end
		says    string
		acks    int
	}{
		{"it runs and ends", []dcos.TaskUpdate{from("TASK_STARTING", "SOURCE_EXECUTOR"), from("TASK_RUNNING", "SOURCE_EXECUTOR"), finished}, dcos.Passed, "TASK_FINISHED", 3},
		{"it runs", []dcos.TaskUpdate{from("TASK_RUNNING", "SOURCE_EXECUTOR")}, dcos.Unknown, "", 1},
		{"it does not start", []dcos.TaskUpdate{failed}, dcos.Failed, "the task did not start: TASK_FAILED SOURCE_AGENT REASON_CONTAINER_LAUNCH_FAILED: no socket", 1},
		{"it starts and fails", []dcos.TaskUpdate{from("TASK_RUNNING", "SOURCE_EXECUTOR"), failed}, dcos.Failed, "the task ran, and did not end well", 2},
		{"it ends on another agent", []dcos.TaskUpdate{elsewhere}, dcos.Failed, "TASK_FINISHED", 1},
		{"only the master says that it ended", []dcos.TaskUpdate{byMaster}, dcos.Failed, "SOURCE_MASTER", 1},
		{"the agent is lost", []dcos.TaskUpdate{lost}, dcos.Failed, "TASK_UNREACHABLE", 0},
		{"a state that Mesos does not have", []dcos.TaskUpdate{from("TASK_DREAMING", "SOURCE_EXECUTOR")}, dcos.Failed, "TASK_DREAMING", 1},
		{"another task ends", []dcos.TaskUpdate{stranger}, dcos.Unknown, "", 1},
	} {
		l := waiting()
		l.hear(offersOf(t, "S1:4:1000"))
		var end *verdict
		acks := 0
		for _, u := range c.updates {
			var do []Call
			do, end = l.hear(dcos.SchedulerEvent{Type: dcos.EventUpdate, Update: u})
			acks += strings.Count(strings.Join(told(do), " "), "acknowledge")
		}
		var v verdict
		if end != nil {
			v = *end
		}
		if v.status != c.status || !strings.Contains(v.observed, c.says) || acks != c.acks || (end == nil) != (c.status == dcos.Unknown) {
			t.Errorf("%s: %+v, %d acknowledged; want %s %q, %d", c.name, end, acks, c.status, c.says, c.acks)
		}
	}
}

func TestAnOfferThatWasTakenBackIsNoEnd(t *testing.T) {
	l := waiting()
	l.hear(offersOf(t, "S1:4:1000"))
	gone := dcos.TaskUpdate{TaskID: "probe-1", AgentID: "S1", State: "TASK_LOST", Source: "SOURCE_MASTER", Reason: "REASON_INVALID_OFFERS"}
	do, end := l.hear(dcos.SchedulerEvent{Type: dcos.EventUpdate, Update: gone})
	if got := told(do); end != nil || !slices.Equal(got, []string{"revive"}) || !l.waiting() {
		t.Fatalf("%v, %+v", got, end)
	}
	do, _ = l.hear(offersOf(t, "S1:4:1000"))
	if got := told(do); !slices.Equal(got, []string{"launch O1 probe-2", "suppress"}) {
		t.Errorf("%v", got)
	}
	// Once it has run, the same words are an end.
	l.hear(dcos.SchedulerEvent{Type: dcos.EventUpdate, Update: dcos.TaskUpdate{TaskID: "probe-2", AgentID: "S1", State: "TASK_RUNNING", Source: "SOURCE_EXECUTOR"}})
	gone.TaskID = "probe-2"
	if _, end := l.hear(dcos.SchedulerEvent{Type: dcos.EventUpdate, Update: gone}); end == nil || end.status != dcos.Failed {
		t.Errorf("%+v", end)
	}
}
