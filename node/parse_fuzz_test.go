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
