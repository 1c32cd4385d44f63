package node_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/node"
)

func TestASurveyThatIsNotOursIsRefusedWhole(t *testing.T) {
	for name, text := range map[string]string{
		"nothing at all":                  "",
		"no protocol":                     "ip 10.0.0.1\n",
		"another protocol":                "program 2\n",
		"an unknown key":                  "program 1\nweather fine\n",
		"a banner":                        "Welcome!\nprogram 1\n",
		"a key twice":                     "program 1\nip 10.0.0.1\nip 10.0.0.2\n",
		"a number that is none":           "program 1\nepoch -3\n",
		"a number that is too large":      "program 1\nepoch 99999999999\n",
		"a role that is none":             "program 1\nrole king\n",
		"a receipt of no state":           "program 1\nreceipt ab 1\n",
		"a receipt of an unknown state":   "program 1\nreceipt ab 1 unknown\n",
		"a receipt whose code is no code": "program 1\nreceipt ab 1 exit:\n",
		"a lock without owner":            "program 1\nlock 1 run-1\n",
		"a flag with a value":             "program 1\nmidswap no\n",
		"a stage of a swap that is none":  "program 1\nmidswap\nswap_stage done\n",
		"two stages of a swap":            "program 1\nmidswap\nswap_stage archive\nswap_stage move_new\n",
		"a name that no swap moves":       "program 1\nmidswap\nswap_missing tmp\n",
		"units that are no number":        "program 1\nmidswap\nswap_units many\n",
		"an empty version":                "program 1\nversion \n",
		"a unit without state":            "program 1\npatch_unit x.service\n",
	} {
		got, err := node.ParseSurvey([]byte(text))
		if err == nil || !cmp.Equal(got, node.Survey{}) {
			t.Errorf("%s: got %+v, %v; want the zero survey and an error", name, got, err)
		}
	}
}

func TestReceiptsThatAreNotOursAreRefusedWhole(t *testing.T) {
	for name, text := range map[string]string{
		"a line before any attempt":             "state lost\n",
		"no state":                              "attempt 1\nrun=a\n",
		"an unknown state":                      "attempt 1\nstate fine\n",
		"two states":                            "attempt 1\nstate exit:0\nexit 0 1795294060\nstate lost\n",
		"attempts out of order":                 "attempt 2\nstate lost\nattempt 1\nstate lost\n",
		"an unknown key":                        "attempt 1\nweather=fine\nstate lost\n",
		"an exit without the state of one":      "attempt 1\nstate running\nexit 0 1795294060\n",
		"an exit that contradicts the state":    "attempt 1\nstate exit:1\nexit 0 1795294060\n",
		"the state of an exit without the exit": "attempt 1\nstate exit:1\n",
		"an exit without time":                  "attempt 1\nstate exit:1\nexit 1\n",
	} {
		got, err := node.ParseReceipts("ab", []byte(text))
		if err == nil || got != nil {
			t.Errorf("%s: got %+v, %v; want nothing and an error", name, got, err)
		}
	}
	if got, err := node.ParseReceipts("ab", nil); got != nil || err != nil {
		t.Errorf("no attempt: got %+v, %v; want nothing and no error", got, err)
	}
}

func TestChecksAndExhibitorNeedTheirLine(t *testing.T) {
	for _, text := range []string{"", "{}", "{}\nexit", "{}\nexit -1\n", "exit 0\n{}"} {
		if raw, _, err := node.ParseChecks([]byte(text)); err == nil || raw != nil {
			t.Errorf("checks %q: got %q, no error", text, raw)
		}
	}
	for _, text := range []string{"", "[]", "status\n[]", "status x\n[]", "[]\nstatus 200"} {
		if _, body, err := node.ParseExhibitor([]byte(text)); err == nil || body != nil {
			t.Errorf("exhibitor %q: got %q, no error", text, body)
		}
	}
}

func TestARoleIsKnownOnlyWhenThereIsOne(t *testing.T) {
	for want, roles := range map[dcos.Role][]dcos.Role{
		dcos.RoleUnknown: {dcos.Master, dcos.PrivateAgent}, dcos.Master: {dcos.Master},
	} {
		if got := (node.Survey{Roles: roles}).Role(); got != want {
			t.Errorf("%v: got %s, want %s", roles, got, want)
		}
	}
	if got := (node.Survey{}).Role(); got != dcos.RoleUnknown {
		t.Errorf("none: got %s", got)
	}
}

// What the program writes, the reader understands: every field, and no other.
func TestASurveyWrittenOutReadsBackTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawSurvey(t)
		got, err := node.ParseSurvey([]byte(strings.Join(rapid.Permutation(surveyLines(want)).Draw(t, "order"), "")))
		if err != nil {
			t.Fatal(err)
		}
		// Lists of lines keep the order of the lines, and that was shuffled.
		slices.SortFunc(got.Receipts, func(a, b node.Receipt) int { return a.Attempt - b.Attempt })
		slices.SortFunc(got.PatchUnits, func(a, b node.PatchUnit) int { return strings.Compare(a.Name, b.Name) })
		slices.Sort(got.Roles)
		slices.Sort(got.CutSwap.Missing)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func drawSurvey(t *rapid.T) node.Survey {
	word := rapid.StringMatching(`[a-z0-9._@+-]{1,20}`)
	maybe := rapid.OneOf(word, rapid.Just(""))
	number := rapid.IntRange(0, 1<<31-1)
	s := node.Survey{
		ClusterID: maybe.Draw(t, "cluster"), IP: maybe.Draw(t, "ip"), Version: dcos.Version(maybe.Draw(t, "version")), Variant: maybe.Draw(t, "variant"),
		MidSwap: rapid.Bool().Draw(t, "midswap"), MasterCount: number.Draw(t, "masters"), Systemd: number.Draw(t, "systemd"),
		FreeKB: rapid.Int64Min(0).Draw(t, "free"), BootID: maybe.Draw(t, "boot"), PID1Start: rapid.Uint64Max(1<<63-1).Draw(t, "pid1"),
		Rehearsal: rapid.Bool().Draw(t, "rehearsal"), Epoch: number.Draw(t, "epoch"),
	}
	if s.MidSwap {
		s.CutSwap = dcos.CutSwap{Stage: rapid.SampledFrom([]string{"", dcos.SwapArchive, dcos.SwapMoveNew}).Draw(t, "stage"),
			Missing: rapid.SampledFrom([][]string{nil, {"bin"}, {"bin", "etc"}}).Draw(t, "missing"), Units: number.Draw(t, "units"), Setup: maybe.Draw(t, "setup")}
	}
	if at := rapid.Int64Range(0, 1<<40-1).Draw(t, "ctime"); at > 0 {
		s.ActiveChange = time.Unix(at, 0).UTC()
	}
	for _, list := range []*[]string{&s.Active, &s.Fetched} {
		*list = rapid.SliceOfN(word, 0, 4).Draw(t, "packages")
		if slices.Sort(*list); len(*list) == 0 {
			*list = nil
		}
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "roles") {
		s.Roles = append(s.Roles, dcos.Role(i+1))
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "attempts") {
		r := node.Receipt{SHA256: word.Draw(t, "sha"), Attempt: i + 1, State: node.RunState(rapid.IntRange(1, 3).Draw(t, "state"))}
		if r.State == node.Exited {
			r.Code = rapid.IntRange(0, 255).Draw(t, "code")
		}
		s.Receipts = append(s.Receipts, r)
		s.PatchUnits = append(s.PatchUnits, node.PatchUnit{Name: fmt.Sprintf("u%d.service", i), State: word.Draw(t, "unit state")})
	}
	if rapid.Bool().Draw(t, "locked") {
		s.Lock = &node.LockHolder{Epoch: number.Draw(t, "lock epoch"), Run: rapid.StringMatching(`[A-Za-z0-9][A-Za-z0-9._-]{0,20}`).Draw(t, "run"), Owner: rapid.StringMatching(`[a-zé][a-zé ]{0,20}`).Draw(t, "owner")}
	}
	return s
}

// surveyLines writes a survey as the program does: unknown values left out.
func surveyLines(s node.Survey) []string {
	lines := []string{"program 1\n"}
	add := func(known bool, format string, args ...any) {
		if known {
			lines = append(lines, fmt.Sprintf(format+"\n", args...))
		}
	}
	add(s.ClusterID != "", "cluster_id %s", s.ClusterID)
	add(s.IP != "", "ip %s", s.IP)
	add(s.Version != "", "version %s", s.Version)
	add(s.Variant != "", "variant %s", s.Variant)
	add(s.MidSwap, "midswap")
	add(s.CutSwap.Stage != "", "swap_stage %s", s.CutSwap.Stage)
	add(s.CutSwap.Units > 0, "swap_units %d", s.CutSwap.Units)
	add(s.CutSwap.Setup != "", "swap_setup %s", s.CutSwap.Setup)
	for _, name := range s.CutSwap.Missing {
		add(true, "swap_missing %s", name)
	}
	add(s.Rehearsal, "rehearsal")
	add(s.MachineID != "", "machine_id %s", s.MachineID)
	add(s.BootID != "", "boot_id %s", s.BootID)
	add(true, "master_count %d", s.MasterCount)
	add(true, "systemd %d", s.Systemd)
	add(true, "free_kb %d", s.FreeKB)
	add(true, "pid1_start %d", s.PID1Start)
	add(true, "epoch %d", s.Epoch)
	add(!s.ActiveChange.IsZero(), "active_ctime %d", s.ActiveChange.Unix())
	for _, id := range s.Active {
		add(true, "active %s", id)
	}
	for _, id := range s.Fetched {
		add(true, "fetched %s", id)
	}
	for _, r := range s.Roles {
		add(true, "role %s", r.File())
	}
	for _, u := range s.PatchUnits {
		add(true, "patch_unit %s %s", u.Name, u.State)
	}
	for _, r := range s.Receipts {
		add(true, "receipt %s %d %s", r.SHA256, r.Attempt, stateWord(r))
	}
	if s.Lock != nil {
		add(true, "lock %d %s %s", s.Lock.Epoch, s.Lock.Run, s.Lock.Owner)
	}
	return lines
}

func stateWord(r node.Receipt) string {
	return map[node.RunState]string{node.Running: "running", node.Lost: "lost", node.Exited: fmt.Sprintf("exit:%d", r.Code)}[r.State]
}
