package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestCommandsOfASystem(t *testing.T) {
	a := &app{}
	root := a.root()
	root.InitDefaultCompletionCmd()
	var onWindows []string
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			walk(sub)
		}
		for _, system := range []string{"linux", "darwin"} {
			if err := supported(system, c); err != nil {
				t.Errorf("on %s: %v", system, err)
			}
		}
		err := supported("windows", c)
		switch {
		case err == nil && !c.HasSubCommands():
			onWindows = append(onWindows, strings.TrimPrefix(c.CommandPath(), "dcos-patch "))
		case err != nil && codeOf(err) != exitInvalid:
			t.Errorf("%s: exit %d: %v", c.CommandPath(), codeOf(err), err)
		}
	}
	walk(root)
	slices.Sort(onWindows)
	want := "completion bash, completion fish, completion powershell, completion zsh, exit-codes, help, inventory schema, inventory show, inventory validate, version"
	if got := strings.Join(onWindows, ", "); got != want {
		t.Errorf("on windows run:\n%s\nwant:\n%s", got, want)
	}
}

func TestWindowsRefusesFirst(t *testing.T) {
	for _, tc := range []struct {
		args string
		code int
		says string
	}{
		{"apply sat.json --plan-id 5d084efe0f23", exitInvalid, "dcos-patch apply does not run on Windows"},
		{"plan", exitInvalid, "dcos-patch plan does not run on Windows"},
		{"status", exitInvalid, "dcos-patch status does not run on Windows"},
		{"lock break --reason gone", exitInvalid, "dcos-patch lock break does not run on Windows"},
		{"demo -o json", exitInvalid, "dcos-patch demo does not run on Windows"},
		{"version", exitDone, ""},
		{"inventory schema", exitDone, ""},
		{"help", exitDone, ""},
		{"apply --help", exitDone, ""},
	} {
		var out, errs bytes.Buffer
		a := &app{streams: streams{in: strings.NewReader(""), out: &out, errOut: &errs}, environment: environment{system: "windows"}} // reaches nothing
		if code := a.run(t.Context(), strings.Fields(tc.args)); code != tc.code {
			t.Errorf("%s: exit %d, want %d: %s", tc.args, code, tc.code, errs.String())
		}
		if !strings.Contains(errs.String(), tc.says) || (tc.code == exitDone) != (out.Len() > 0 && errs.Len() == 0) && !strings.Contains(tc.args, "json") {
			t.Errorf("%s: says %q, %q", tc.args, out.String(), errs.String())
		}
	}
}
