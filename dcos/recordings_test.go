package dcos_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// recording is one exchange with a real Mesos daemon.
type recording struct {
	name    string
	Request struct {
		Method string          `json:"method"`
		Path   string          `json:"url_path"`
		Body   json.RawMessage `json:"body"`
	} `json:"request"`
	Response struct {
		Status int             `json:"status"`
		Body   json.RawMessage `json:"body"`
	} `json:"response"`
}

// asked is "/slaves" or the v1 call "GET_AGENTS".
func (r recording) asked() string {
	var call struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(r.Request.Body, &call) == nil && call.Type != "" {
		return call.Type
	}
	path, _, _ := strings.Cut(r.Request.Path, "?")
	return path
}

func recordings(t testing.TB) []recording {
	t.Helper()
	all, err := readRecordings()
	const whole = 349 // every exchange that the product could have, and some others
	if err != nil || len(all) != whole {
		t.Fatalf("%d recordings (%v), want %d", len(all), err, whole)
	}
	return all
}

var readRecordings = sync.OnceValues(func() (all []recording, err error) {
	files, err := filepath.Glob("testdata/recordings/*.json")
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		r := recording{name: strings.TrimSuffix(filepath.Base(f), ".json")}
		if err := json.Unmarshal(b, &r); err != nil {
			return nil, fmt.Errorf("%s: %w", f, err)
		}
		all = append(all, r)
	}
	return all, nil
})

// body gives the body of one recording.
func body(t testing.TB, number string) []byte {
	t.Helper()
	for _, r := range recordings(t) {
		if strings.HasPrefix(r.name, number) {
			return r.Response.Body
		}
	}
	t.Fatalf("no recording %s", number)
	return nil
}

// generic is an answer read without any of our decoders.
func generic(t testing.TB, b []byte) map[string]any {
	t.Helper()
	var v map[string]any
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func at(v any, path ...string) any {
	for _, key := range path {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}

func list(v any, path ...string) []any {
	l, _ := at(v, path...).([]any)
	return l
}

// decoders are all that read what Mesos answers, by question.
var decoders = map[string]func([]byte) (any, error){
	"/metrics/snapshot": func(b []byte) (any, error) { return dcos.ParseMetrics(b) },
	"/version":          func(b []byte) (any, error) { return dcos.ParseMesosVersion(b) },
	"/flags":            func(b []byte) (any, error) { return dcos.ParseMesosFlags(b) },
	"GET_AGENTS":        func(b []byte) (any, error) { return dcos.ParseGetAgents(b) },
	"GET_AGENT":         func(b []byte) (any, error) { return dcos.ParseGetAgent(b) },
	"GET_TASKS":         func(b []byte) (any, error) { return dcos.ParseGetTasks(b) },
	"GET_HEALTH":        func(b []byte) (any, error) { return dcos.ParseGetHealth(b) },

	"GET_FRAMEWORKS":           func(b []byte) (any, error) { return dcos.ParseGetFrameworks(b) },
	"GET_OPERATIONS":           func(b []byte) (any, error) { return dcos.ParseGetOperations(b) },
	"GET_MAINTENANCE_STATUS":   func(b []byte) (any, error) { return dcos.ParseMaintenanceStatus(b) },
	"GET_MAINTENANCE_SCHEDULE": func(b []byte) (any, error) { return dcos.ParseMaintenanceSchedule(b) },
}

func TestEveryRecordedAnswerIsReadByItsDecoderAndByNoOther(t *testing.T) {
	read := map[string]int{}
	for _, r := range recordings(t) {
		for question, decode := range decoders {
			_, err := decode(r.Response.Body)
			should := question == r.asked() && r.Response.Status == 200
			if should && err != nil {
				t.Errorf("%s: %v", r.name, err)
			}
			if !should && err == nil && string(r.Response.Body) != "{}" { // v0, nothing scheduled: it is read as metrics without any
				t.Errorf("%s: an answer %d to %s passes for one to %s", r.name, r.Response.Status, r.asked(), question)
			}
			if should {
				read[question]++
			}
		}
	}
	for question := range decoders {
		if read[question] < 2 {
			t.Errorf("%s: %d recordings, want at least 2", question, read[question])
		}
	}
}

func TestACutOffAnswerIsAlwaysAnError(t *testing.T) {
	for _, r := range recordings(t) {
		decode := decoders[r.asked()]
		if decode == nil || r.Response.Status != 200 {
			continue
		}
		b := r.Response.Body
		for n := 0; n < len(b); n += 1 + len(b)/20 {
			if _, err := decode(b[:n]); err == nil {
				t.Errorf("%s: the first %d of %d bytes are taken for an answer", r.name, n, len(b))
			}
		}
	}
}
