package simcluster

import (
	"strings"
	"testing"
)

// Faults that could never strike are refused, and told in the words of the file.
func TestFaultsThatNeverStrikeAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		`[{what: sshd-down, where: m1, nth: -1}]`:     "fault 1 (sshd-down): nth -1",
		`[{what: sshd-down, where: m1, for: -5m}]`:    "fault 1 (sshd-down): for -5m0s",
		`[{what: sshd-down, where: m1, when: soon}]`:  "start (the default), launch, down or always",
		`[{what: sshd-down, where: m1, when: start}]`: "",
		`[{what: clock-skew, where: m1, for: -90s}]`:  "",
	} {
		faults, err := ParseFaults([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		c, err := New(Options{Name: "sim", Masters: 3, Private: 1, Seed: 1, TimeScale: 1, Port: 22, Faults: faults})
		if err == nil {
			c.Close()
		}
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
