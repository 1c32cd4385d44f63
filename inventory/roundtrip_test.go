package inventory

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// targetFiles is the target file that generated inventories may name.
var targetFiles = map[string]string{"etc/t.yaml": "{url: \"https://b/s.sh\", from: 2.2.0, to: 2.2.0}"}

func TestWhatShowWritesLoadsAsTheSameInventory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inventory := anInventory(t)
		c, err := read(inventory, targetFiles)
		if err != nil {
			t.Fatalf("%v\nin\n%s", err, inventory)
		}
		checkRoundTrip(t, c)
	})
}

// checkRoundTrip holds Show to its word.
func checkRoundTrip(t interface{ Fatalf(string, ...any) }, c *Cluster) {
	var shown, again bytes.Buffer
	if err := c.Show(&shown); err != nil {
		t.Fatalf("show: %v", err)
	}
	back, err := read(shown.String(), targetFiles)
	if err != nil {
		t.Fatalf("what Show wrote is refused: %v\n%s", err, shown.String())
	}
	if !reflect.DeepEqual(c, back) {
		t.Fatalf("what Show wrote loads to another inventory:\n%s\n%s", cmp.Diff(c, back), shown.String())
	}
	if err := back.Show(&again); err != nil || again.String() != shown.String() {
		t.Fatalf("shown again it reads otherwise (%v):\n%s", err, cmp.Diff(shown.String(), again.String()))
	}
}

// anInventory draws the text of an inventory that is fine.
func anInventory(t *rapid.T) string {
	var s strings.Builder
	s.WriteString("version: 1\n")
	fmt.Fprintf(&s, "cluster: {name: %q%s}\n", name(t), maybe(t, ", id: %s", "3f0c-1e2a", "1e5"))
	s.WriteString(maybe(t, "target: %s\n", "t.yaml", `{url: "http://b:80/a?b=c&d", from: 2.1, to: 2.1.4-beta1}`,
		"{url: 'https://b/s.sh', from: 1.13.0, to: 1.13.9, mesos: 1.10, sha256: "+strings.Repeat("0", 64)+"}"))
	fmt.Fprintf(&s, "ssh: {dial_attempts: 3%s%s%s%s%s%s%s%s%s%s}\n",
		maybe(t, ", user: %s", "ops", "'007'"), maybe(t, ", port: %s", "22", "2222"),
		maybe(t, ", identity: %s", "~/k", "[k, ../k, '/a b/k']", "./~/k"), maybe(t, ", known_hosts: %s", "kh", "[kh, ~/kh]"),
		maybe(t, ", jump: %s", "b", "[\"ops@b:22\", '[fe80::1]:22']"), maybe(t, ", keepalive: %s", "90s", "1500ms"),
		maybe(t, ", config: %s", none, "ssh_config", "~/c"), maybe(t, ", sudo: {password: %s}", "{env: OPS_SUDO}", "{file: ~/s}", "{file: s}"),
		maybe(t, ", ciphers: %s", "aes128-cbc", "[aes256-ctr, aes128-gcm@openssh.com]"), maybe(t, ", key_exchanges: %s, macs: hmac-sha1, host_key_algorithms: [ssh-rsa]", "diffie-hellman-group16-sha512"))
	s.WriteString(maybe(t, "security: {mode: %s}\n", "open", "permissive"))
	s.WriteString(maybe(t, "bootstrap: {address: b%s}\n", "", ", dir: /opt/genconf", ", url: \"http://b\""))
	fmt.Fprintf(&s, "masters: [{name: \"m[1-%[1]d]\", address: \"10.0.0.[1-%[1]d]\"%[2]s}]\n",
		rapid.SampledFrom([]int{1, 3, 5}).Draw(t, "masters"), maybe(t, ", zone: %s", "a", "1", "'true'", "2026-01-01"))
	groups := rapid.IntRange(0, 3).Draw(t, "groups")
	for g := range groups {
		if g == 0 {
			s.WriteString("agents:\n")
		}
		fmt.Fprintf(&s, "  g%d:\n    role: %s\n", g, rapid.SampledFrom([]string{"private", "public"}).Draw(t, "role"))
		zone := maybe(t, ", zone: %s", "a", "b")
		fmt.Fprintf(&s, "    nodes: [{name: \"g%[1]dn[01-%02[2]d]\", address: \"10.1.%[1]d.[1-%[2]d]\"%[3]s}]\n",
			g, rapid.IntRange(1, 12).Draw(t, "nodes"), zone+maybe(t, ", port: %s", "22", "23"))
		canary, spread := maybe(t, ", canary: %s", none), ""
		if g != 1 { // whose first node may be excluded
			canary = maybe(t, ", canary: %s", none, fmt.Sprintf("[g%dn01]", g))
		}
		if zone != "" {
			spread = maybe(t, ", spread: {zone: %s}", "1", "3")
		}
		fmt.Fprintf(&s, "    policy: {%s%s%s}\n", somePolicy(t), canary, spread)
	}
	if groups > 1 {
		s.WriteString(maybe(t, "exclude: [{node: g1n01, reason: %s}]\n", "PSU", "'# : ~', until: 2026-12-01", "\"é — {x}\"", "'null'", "'012'"))
	}
	fmt.Fprintf(&s, "policy: {%s%s%s%s}\n", somePolicy(t), maybe(t, ", max_out: %s", "8", "2%"),
		maybe(t, ", spread: {zone: %s}", "2"), maybe(t, ", hold_limit: %s", "1h", "61m")+
			maybe(t, ", expected_red_until: %s", none, mastersDone, "{masters_done: [node-poststart/x, a.timer]}"))
	s.WriteString(maybe(t, "%s", ownGates))
	s.WriteString(maybe(t, "rehearsal: {time_scale: %s}\n", "0.1", "1", "1e-2"))
	return s.String()
}

func somePolicy(t *rapid.T) string {
	return fmt.Sprintf("timeouts: {tasks: 5m%s}", maybe(t, ", script: %s", "20m", "1h0m1s")) +
		maybe(t, ", width: %s", "3", "5%", "'2'") + maybe(t, ", max_failures: %s", "0", "1", "0%") +
		maybe(t, ", settle: %s", none, "30s") + maybe(t, ", bake: %s", "1m", "1ns", "1h30m") + maybe(t, ", launch_probe: %s", "true", "false")
}

// maybe is nothing, or the form with one of the choices.
func maybe(t *rapid.T, form string, choices ...string) string {
	i := rapid.IntRange(0, len(choices)).Draw(t, form)
	if i == 0 {
		return ""
	}
	return fmt.Sprintf(form, choices[i-1])
}

// name draws a name that YAML could take for something else.
func name(t *rapid.T) string {
	return rapid.OneOf(
		rapid.StringMatching(`[A-Za-z0-9][A-Za-z0-9._-]{0,20}`),
		rapid.SampledFrom([]string{"true", "no", "null", "1e3", "0x10", "012", "1_0", "2026-01-01", "1.", "0b1", "0o7"}),
	).Draw(t, "name")
}
