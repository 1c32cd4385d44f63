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
