package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// hostile is what a node may put where a word is wanted: an escape sequence in
// both of its forms, a forged line, a carriage return, a mark of writing
// direction, a deletion, a byte that is no text, and a tag from beyond the
// basic plane.
const hostile = "x\x1b[2J\u009b31m\n23:59:59 DONE run 1\rgreen\u202e\x7f\xff\U000e0041y"

func TestPrintable(t *testing.T) {
	for _, row := range []struct{ name, in, want string }{
		{"plain text stays", "m1: 3 of 3 serving", "m1: 3 of 3 serving"},
		{"letters, dots and a lone replacement mark stay", "•••  Zürich 東京 \ufffd", "•••  Zürich 東京 \ufffd"},
		{"an escape sequence is shown", "\x1b[31mred", `\x1b[31mred`},
		{"an escape sequence of one character is shown", "\u009b31m", `\u009b31m`},
		{"a second line is none", "green\nDONE", `green\nDONE`},
		{"a carriage return does not go back", "FAILED\rDONE", `FAILED\rDONE`},
		{"a byte that is no text is shown", "a\xffb", `a\xffb`},
		{"the direction of writing does not turn", "\u202eabc", `\u202eabc`},
		{"what is not seen is shown", "a\u200bb\x00", `a\u200bb\x00`},
		{"nothing is nothing", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := Printable(row.in); got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
		})
	}
}

// Whatever comes in, what goes out does nothing to a terminal, and text that
// does nothing to one is not changed.
func FuzzPrintable(f *testing.F) {
	f.Add(hostile)
	f.Add("plain ü")
	f.Add(`\x1b`)
	f.Fuzz(func(t *testing.T, in string) {
		out := Printable(in)
		if strings.ContainsFunc(out, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Fatalf("%q became %q", in, out)
		}
		if again := Printable(out); again != out {
			t.Fatalf("%q became %q the second time", out, again)
		}
		var b bytes.Buffer
		if n, err := (Terminal{&b}).Write([]byte(in)); n != len(in) || err != nil {
			t.Fatalf("%d bytes of %d, %v", n, len(in), err)
		}
		if got := strings.ReplaceAll(b.String(), "\n", `\n`); got != out {
			t.Fatalf("a terminal gets %q, want %q", got, out)
		}
		doc, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		var before, after string
		safe := journal.Escape(doc)
		if err := errors.Join(json.Unmarshal(doc, &before), json.Unmarshal(safe, &after)); err != nil || before != after {
			t.Fatalf("%q means %q, was %q (%v)", safe, after, before, err)
		}
		if strings.ContainsFunc(string(safe), func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Fatalf("%q became %q", in, safe)
		}
	})
}

// infect puts the hostile text into every string that can be reached, except
// where one of a few words is demanded.
func infect(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		switch v.Interface().(type) {
		case journal.Kind, plan.StageKind, plan.Action, plan.Disposition:
		default:
			v.SetString(v.String() + hostile)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			infect(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			if v.Type().Elem().Kind() != reflect.Uint8 {
				infect(v.Index(i))
			}
		}
	case reflect.Struct:
		if _, isTime := v.Interface().(time.Time); isTime {
			return
		}
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				infect(v.Field(i))
			}
		}
	}
}

// harmless fails the test when a text would do something to a terminal, or
// has a line that this program did not begin.
func harmless(t *testing.T, text string) {
	t.Helper()
	if !strings.Contains(text, "x") {
		t.Error("nothing of the node's text is shown: the test shows nothing")
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "23:59:59 DONE") {
			t.Errorf("a node forged the line %q", line)
		}
		if i := strings.IndexFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
			t.Fatalf("%q at %d would reach a terminal", line, i)
		}
		if !utf8.ValidString(line) {
			t.Fatalf("%q is no text", line)
		}
	}
}

func TestNoWordOfANodeReachesTheTerminalRaw(t *testing.T) {
	events := story(t)
	stopped := journal.Event{Kind: journal.RunStopped, At: events[0].At, Run: "1", Stop: &journal.Stop{Reason: journal.StopFailed, Step: "masters/m1/patch", Node: "m1", Detail: "because"}}
	for _, e := range append(events, stopped, journal.Event{Kind: journal.RunDone, At: events[0].At}) {
		infect(reflect.ValueOf(&e).Elem())
		for name, sink := range map[string]func(*bytes.Buffer) error{
			"text": func(b *bytes.Buffer) error {
				text := Text{W: b}
				if err := text.Event(journal.Event{Kind: journal.RunStarted, Run: "x" + hostile, Plan: events[0].Plan}); err != nil {
					return err
				}
				return text.Event(e)
			},
			"json": func(b *bytes.Buffer) error { return JSON{W: b}.Event(e) },
		} {
			t.Run(name+" "+string(e.Kind), func(t *testing.T) {
				var b bytes.Buffer
				if err := sink(&b); err != nil {
					t.Fatal(err)
				}
				harmless(t, b.String())
			})
		}
	}
}

func TestNoWordOfANodeReachesAPlanOrARefusalRaw(t *testing.T) {
	p, err := plan.Build(production())
	if err != nil {
		t.Fatal(err)
	}
	infect(reflect.ValueOf(p).Elem())
	blocks := []plan.Block{{Node: "m1" + hostile, What: hostile, Observed: hostile, Want: hostile, Next: advice.Say(hostile).Run("check", hostile)}, {What: hostile, Observed: hostile}}
	for name, sink := range map[string]func(*bytes.Buffer) error{
		"plan":       func(b *bytes.Buffer) error { return Plan(b, p) },
		"plan, JSON": func(b *bytes.Buffer) error { return PlanJSON(b, p) },
		"refusal":    func(b *bytes.Buffer) error { return Program{}.Refusal(b, &plan.RefusalError{Blocks: blocks}) },
		"refusal, JSON": func(b *bytes.Buffer) error {
			return Program{}.RefusalJSON(b, Refused{Err: &plan.RefusalError{Blocks: blocks}})
		},
		"other error": func(b *bytes.Buffer) error { return Program{}.Refusal(b, errors.New(hostile)) },
		"other error, JSON": func(b *bytes.Buffer) error {
			return Program{}.RefusalJSON(b, Refused{Err: errors.New(hostile), Advice: advice.Say(hostile)})
		},
		"a finding's status": func(b *bytes.Buffer) error {
			return JSON{W: b}.Event(journal.Event{Detail: hostile, Note: &plan.Note{Finding: &dcos.Finding{Observed: hostile}}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := sink(&b); err != nil {
				t.Fatal(err)
			}
			harmless(t, b.String())
		})
	}
}
