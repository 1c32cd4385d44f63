package sshd

import "testing"

func TestOnlyABashThatConnectsIsARelay(t *testing.T) {
	for line, want := range map[string]string{
		`bash -c 'exec 3<>/dev/tcp/$1/$2' relay 10.0.0.1 80`: "10.0.0.1:80",
		`bash -c 'exec 3<>/dev/tcp/$1/$2' relay fe80::1 80`:  "[fe80::1]:80",
		`bash -c 'exec 3<>/dev/tcp/$1/$2' relay 10.0.0.1`:    "",
		`bash -c 'echo hello' relay 10.0.0.1 80`:             "",
		`sh -c 'exec 3<>/dev/tcp/$1/$2' relay 10.0.0.1 80`:   "",
		`echo /dev/tcp/`: "",
		`bash -c "`:      "",
	} {
		if got, relays := relayAddr(line); got != want || relays != (want != "") {
			t.Errorf("%s: %q, %v; want %q", line, got, relays, want)
		}
	}
}
