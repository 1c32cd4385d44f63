package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/answers"
)

func TestATaskMustFitTheOfferThatItAccepts(t *testing.T) {
	for _, test := range []struct {
		name, state string
		spoil       func(task, resource answers.Object)
	}{
		{"reserved to another role", answers.TaskError, func(_, r answers.Object) { r["role"] = "slave_public" }},
		{"allocated to nobody", answers.TaskError, func(_, r answers.Object) { delete(r, "allocation_info") }},
		{"more than is offered", answers.TaskError, func(_, r answers.Object) { r["scalar"] = answers.Object{"value": 5} }},
		{"no command", answers.TaskError, func(task, _ answers.Object) { delete(task, "command") }},
		{"another agent", answers.TaskError, func(task, _ answers.Object) { task["agent_id"] = answers.Value{Value: "s2"} }},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := &master{elected: true, recovered: true}
			f := m.frameworks.add("m", "probe", "*")
			f.offers["o1"] = "s1"
			resource := answers.Object{"name": "cpus", "type": "SCALAR", "scalar": answers.Object{"value": 0.01}, "role": "*", "allocation_info": answers.Object{"role": "*"}}
			task := answers.Object{"name": "t", "task_id": answers.Value{Value: "t"}, "agent_id": answers.Value{Value: "s1"}, "resources": []answers.Object{resource},
				"command": answers.Object{"shell": true, "value": "exit 0"}}
			test.spoil(task, resource)
			launch := answers.Object{"type": "LAUNCH", "launch": answers.Object{"task_infos": []answers.Object{task}}}
			w := m.call(f, answers.Object{"type": "ACCEPT", "framework_id": answers.Value{Value: f.id},
				"accept": answers.Object{"offer_ids": []answers.Value{{Value: "o1"}}, "operations": []answers.Object{launch}}})
			if w.Code != http.StatusAccepted {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			e, err := dcos.ParseSchedulerEvent(answers.JSON(<-f.events).Body)
			if err != nil || e.Update.State != test.state {
				t.Errorf("%+v, %v; want %s", e, err, test.state)
			}
		})
	}
}

func TestACallThatMesosDoesNotHaveIsRefusedAsMesosDoes(t *testing.T) {
	m := &master{elected: true, recovered: true}
	f := m.frameworks.add("m", "probe", "*")
	w := m.call(f, answers.Object{"type": "NO_SUCH_CALL", "framework_id": answers.Value{Value: f.id}})
	if want := "Failed to validate scheduler::Call: Expecting 'type' to be present"; w.Code != http.StatusBadRequest || w.Body.String() != want {
		t.Errorf("%d %q, want %q", w.Code, w.Body, want)
	}
}

// call has a framework call the scheduler API.
func (m *master) call(f *framework, call answers.Object) *httptest.ResponseRecorder {
	body := answers.JSON(call).Body
	r := httptest.NewRequest(http.MethodPost, answers.SchedulerPath, strings.NewReader(string(body)))
	r.Header.Set("Content-Type", answers.TypeJSON)
	r.Header.Set(answers.StreamHeader, f.stream)
	w := httptest.NewRecorder()
	m.scheduler(w, r, body)
	return w
}
