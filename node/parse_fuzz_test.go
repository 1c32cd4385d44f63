package node_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dcos-patch/dcos-patch/node"
)

// An error comes with the zero Survey; what was understood, written out again,
// is understood the same.
func FuzzParseSurvey(f *testing.F) {
	f.Add([]byte("program 1\nrole master\nversion 2.1.0\nactive mesos--1\nepoch 3\nlock 3 run-1 ops at home\nreceipt ab 1 exit:0\npatch_unit a.service active\n"))
	f.Add([]byte("program 1\nmidswap\nactive_ctime 1795294060\nfree_kb 99999999999\n"))
	f.Add([]byte("program 1\r\nip 10.0.0.1"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := node.ParseSurvey(b)
		if err != nil {
			if !cmp.Equal(s, node.Survey{}) {
				t.Fatalf("an error (%v) came with %+v", err, s)
			}
			return
		}
		again, err := node.ParseSurvey([]byte(strings.Join(surveyLines(s), "")))
		if err != nil {
			t.Fatalf("written out again: %v", err)
		}
		if diff := cmp.Diff(s, again); diff != "" {
			t.Fatalf("(-once +twice):\n%s", diff)
		}
	})
}

// The same law as for surveys.
func FuzzParseReadiness(f *testing.F) {
	f.Add([]byte("program 1\ntmp_kb 1\npackages_kb 2012345\nlargest_kb 312345\ndocker active\nipset\nforeign_unit portworx.service\nforeign_file /opt/mesosphere/bin/a b\nhttp 200\n"))
	f.Add([]byte("program 1\nevent_subscriber\nhttp_error curl exit code 7: curl: (7) Failed\n"))
	f.Add([]byte("program 1\r\nhttp 1000"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := node.ParseReadiness(b)
		if err != nil {
			if !cmp.Equal(r, node.Readiness{}) {
				t.Fatalf("an error (%v) came with %+v", err, r)
			}
			return
		}
		again, err := node.ParseReadiness([]byte(readinessText(r)))
		if err != nil {
			t.Fatalf("written out again: %v", err)
		}
		if diff := cmp.Diff(r, again); diff != "" {
			t.Fatalf("(-once +twice):\n%s", diff)
		}
	})
}

func readinessText(r node.Readiness) string {
	var b strings.Builder
	fmt.Fprintf(&b, "program 1\ntmp_kb %d\npackages_kb %d\nlargest_kb %d\nhttp %d\n", r.TmpKB, r.PackagesKB, r.LargestKB, r.HTTP)
	for key, value := range map[string]string{"docker": r.Docker, "http_error": r.HTTPError} {
		if value != "" {
			fmt.Fprintf(&b, "%s %s\n", key, value)
		}
	}
	for key, said := range map[string]bool{"ipset": r.IPSet, "event_subscriber": r.EventSubscriber} {
		if said {
			fmt.Fprintln(&b, key)
		}
	}
	for _, u := range r.ForeignUnits {
		fmt.Fprintf(&b, "foreign_unit %s\n", u)
	}
	for _, p := range r.ForeignFiles {
		fmt.Fprintf(&b, "foreign_file %s\n", p)
	}
	return b.String()
}

// What is understood is that very millisecond.
func FuzzParseClock(f *testing.F) {
	f.Add([]byte("clock 1795294060123\n"))
	f.Add([]byte("clock -1"))
	f.Add([]byte("clock 1795294060%3N\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		at, err := node.ParseClock(b)
		if err != nil {
			if !at.IsZero() {
				t.Fatalf("an error (%v) came with %s", err, at)
			}
			return
		}
		again, err := node.ParseClock(fmt.Appendf(nil, "clock %d\n", at.UnixMilli()))
		if err != nil || !again.Equal(at) {
			t.Fatalf("%q: %s, then %s, %v", b, at, again, err)
		}
	})
}

// An error comes with nothing; what was understood, written out again, is
// understood the same, and every attempt has a state.
func FuzzParseReceipts(f *testing.F) {
	f.Add([]byte("attempt 1\nrun=run-1\nepoch=7\nwho=ops at home\nat=1795294000\nboot_id=b\npid1_start=77\nunit=u.service\nfrom=2.1.0\nactive_sum=ab\nstate exit:0\nlibltdl absent\nexit 0 1795294060\nattempt 2\nstate running\n"))
	f.Add([]byte("attempt 1\nstate lost\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		all, err := node.ParseReceipts("ab", b)
		if err != nil {
			if all != nil {
				t.Fatalf("an error (%v) came with %+v", err, all)
			}
			return
		}
		var text strings.Builder
		for _, r := range all {
			if r.State == node.RunUnknown {
				t.Fatalf("attempt %d has no state", r.Attempt)
			}
			text.WriteString(receiptText(r))
		}
		again, err := node.ParseReceipts("ab", []byte(text.String()))
		if err != nil {
			t.Fatalf("written out again: %v", err)
		}
		if diff := cmp.Diff(all, again); diff != "" {
			t.Fatalf("(-once +twice):\n%s", diff)
		}
	})
}

// receiptText writes an attempt as the program does.
func receiptText(r node.Receipt) string {
	text := fmt.Sprintf("attempt %d\nrun=%s\nepoch=%d\nwho=%s\nboot_id=%s\npid1_start=%d\nunit=%s\nfrom=%s\nactive_sum=%s\nstate %s\nlibltdl %s\n",
		r.Attempt, r.Run, r.Epoch, r.Who, r.BootID, r.PID1Start, r.Unit, r.From, r.ActiveSum, stateWord(r), r.Libltdl)
	if !r.At.IsZero() {
		text += fmt.Sprintf("at=%d\n", r.At.Unix())
	}
	if r.State == node.Exited {
		text += fmt.Sprintf("exit %d %d\n", r.Code, r.ExitAt.Unix())
	}
	return text
}
