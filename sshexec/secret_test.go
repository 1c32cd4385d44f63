package sshexec

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestASecretIsShownNowhere(t *testing.T) {
	const canary = "c4n4ry"
	s := NewSecret(canary)
	cfg := Config{SudoPassword: s}
	inside := struct{ cfg *Config }{&cfg}
	asJSON, err := json.Marshal(struct{ S Secret }{s})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		fmt.Sprint(s), fmt.Sprintf("%s %v %+v %#v %q %x %d", s, s, s, s, s, s, s), fmt.Sprintf("%v %+v %#v", cfg, cfg, cfg),
		fmt.Sprintf("%+v %#v", inside, *inside.cfg), fmt.Sprintf("%v", []any{s, &s}), string(asJSON),
	} {
		if strings.Contains(text, canary) || strings.Contains(text, fmt.Sprintf("%x", canary)) {
			t.Errorf("%s", text)
		}
	}
	if !strings.Contains(fmt.Sprint(s), hidden) || s.reveal() != canary || !s.Held() {
		t.Errorf("%v, held %v", s, s.Held())
	}
	if none := NewSecret(""); none.Held() || none.String() != "" {
		t.Errorf("nothing is held, and shown as %q", none)
	}
}

func TestAPoolHidesWhatItWasTold(t *testing.T) {
	const password, phrase = `c4n4ry <%s> $HOME '"\`, "c4n4ry of the key"
	p := NewPool(Config{SudoPassword: NewSecret(password)}, nil)
	defer p.Close()
	p.cfg.unlocked.told = []Secret{NewSecret(phrase)}
	once, err := json.Marshal(password)
	if err != nil {
		t.Fatal(err)
	}
	twice, err := json.Marshal(string(once))
	if err != nil {
		t.Fatal(err)
	}
	quoted := fmt.Sprintf("%q", password)
	for _, text := range []string{password, phrase, string(once), string(twice), quoted, escaped(quoted, false)} {
		got := string(p.Hide([]byte("before " + text + " between " + text + " after")))
		if strings.Contains(got, "c4n4ry") || strings.Count(got, hidden) != 2 || !strings.HasPrefix(got, "before ") || !strings.HasSuffix(got, " after") {
			t.Errorf("%s became %s", text, got)
		}
	}
	const harmless = "nothing of it"
	if got := string(p.Hide([]byte(harmless))); got != harmless {
		t.Errorf("%q became %q", harmless, got)
	}
	none := NewPool(Config{}, nil)
	defer none.Close()
	if got := string(none.Hide([]byte(harmless))); got != harmless {
		t.Errorf("without a secret, %q became %q", harmless, got)
	}
}
