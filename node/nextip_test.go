package node_test

import (
	"slices"
	"testing"

	"github.com/dcos-patch/dcos-patch/node"
)

// What people's ip-detect scripts print is told as it is: the judge says why it
// is no address.
func TestWhatDetectIPPrintsIsToldWhateverItIs(t *testing.T) {
	for said, want := range map[string]string{
		"10.0.0.11": "10.0.0.11", "0": "0", "fe80::1": "fe80::1", "": "", "10.0.0.1 10.0.0.2": "10.0.0.1 10.0.0.2",
		"10.0.0.1\n10.0.0.2": "10.0.0.1 10.0.0.2", "no such device\t\n\nnothing": "no such device nothing",
	} {
		b := agentBench(t)
		b.write(t, "opt/mesosphere/bin/detect_ip", "#!/bin/sh\nprintf '%s\\n' '"+said+"'\n", 0o755)
		s, err := node.TakeSurvey(t.Context(), b)
		if err != nil || s.IP != want {
			t.Errorf("%q: told as %q, %v", said, s.IP, err)
		}
		if !slices.Contains(s.Addresses, "127.0.0.1") {
			t.Errorf("addresses %q", s.Addresses)
		}
	}
}

func TestTheNextIPDetectIsRunWhereItWasFetched(t *testing.T) {
	b := agentBench(t)
	const pkg = "dcos-config--setup_2"
	ask := func() (string, error) { return node.NextIP(t.Context(), b, pkg) }
	if ip, err := ask(); ip != "" || err != nil {
		t.Errorf("without the package: %q, %v", ip, err)
	}
	for said, want := range map[string]string{"echo 10.0.0.12": "10.0.0.12", "true": "nothing"} {
		b.write(t, "opt/mesosphere/packages/"+pkg+"/bin/detect_ip", "#!/bin/sh\n"+said+"\n", 0o755)
		if ip, err := ask(); ip != want || err != nil {
			t.Errorf("%s: %q, %v", said, ip, err)
		}
	}
	b.write(t, "opt/mesosphere/packages/"+pkg+"/bin/detect_ip", "#!/bin/sh\necho no such interface >&2; exit 3\n", 0o755)
	if ip, err := ask(); ip != "" || exitCode(err) != 1 {
		t.Errorf("one that fails: %q, %v", ip, err)
	}
	if _, err := node.NextIP(t.Context(), b, "../x"); exitCode(err) != 64 {
		t.Errorf("a path for a package: %v", err)
	}
}
