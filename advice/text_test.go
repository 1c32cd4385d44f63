package advice

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestATextIsWrittenInTheOrderOfItsParts(t *testing.T) {
	text := Say("repair it, then ").Run("check", "m1", "--wait").Say("; or ").And(Run("park", "a1", "--reason", "it burns"))
	if want := "repair it, then dcos-patch check m1 --wait; or dcos-patch park a1 --reason 'it burns'"; text.String() != want {
		t.Errorf("%s, want %s", text, want)
	}
	if got := text.Written(func(c Command) string { return "<" + strings.Join(c, "|") + ">" }); got != "repair it, then <check|m1|--wait>; or <park|a1|--reason|it burns>" {
		t.Errorf("as the caller writes commands: %s", got)
	}
	if b, err := json.Marshal(text); err != nil || string(b) != `"repair it, then dcos-patch check m1 --wait; or dcos-patch park a1 --reason 'it burns'"` {
		t.Errorf("for programs: %s, %v", b, err)
	}
	if got := text.Commands(); len(got) != 2 || got[1][3] != "it burns" || Run("lock", "").String() != "dcos-patch lock ''" {
		t.Errorf("commands %v; an empty word %s", got, Run("lock", ""))
	}
	if Run("plan").First() == nil || text.First() != nil || Text(nil).First() != nil {
		t.Error("the first command is one that the text begins with")
	}
}

// Advice is added to by several callers: none may write over another's.
func TestATextIsNeverChangedByAddingToIt(t *testing.T) {
	base := append(make(Text, 0, 8), Say("look at it")...)
	one, other := base.Say("; wait"), base.Run("plan")
	if one.String() != "look at it; wait" || other.String() != "look at itdcos-patch plan" || base.String() != "look at it" {
		t.Errorf("%s | %s | %s", one, other, base)
	}
	if m := other.Map(func(w string) string { return strings.ReplaceAll(w, "plan", "PLAN") }); m.String() != "look at itdcos-patch PLAN" || other[1].Command[0] != "plan" {
		t.Errorf("mapped: %s; before it: %s", m, other)
	}
}
