package main

import (
	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/render"
)

// lastLine ends the output, for programs, of a command that changes something.
func (a *app) lastLine(cmd *cobra.Command, args []string, err error) {
	if a.output != "json" {
		return
	}
	switch name := withinRoot(cmd); name {
	case "apply", "resume", "stage":
		_ = render.Value(a.out, a.summary(args, err))
	case "park", "abandon", "lock break", "sweep":
		_ = render.Value(a.out, a.outcome(name, args, err))
	}
}

// summary is what a run came to.
func (a *app) summary(args []string, err error) render.Summary {
	code := codeOf(err)
	sum := render.Summary{Version: render.JSONVersion, Kind: "summary", State: codeWord(code), Why: "this command has touched nothing, and has not looked whether the cluster may be left: status does", Next: a.program().Argvs(onward(err, args)...)}
	if a.ended != nil {
		sum = a.console().Summary(*a.ended)
	}
	if err != nil && !isCode(err) {
		sum.Error = err.Error()
	}
	if a.ended == nil || code == exitInDoubt && sum.Error != "" { // it could not be recorded how the run went on
		sum.Outcome, sum.Reason = render.Hyphened(codeWord(code)), render.Hyphened(codeWord(code))
	}
	sum.Exit = &code
	return sum
}

// outcomeLine is what a command came to that changes something and carries out no run.
type outcomeLine struct {
	render.Head
	Command string     `json:"command"`
	Run     string     `json:"run,omitempty"` // that it has changed
	Outcome string     `json:"outcome"`
	Exit    int        `json:"exit"`
	Error   string     `json:"error,omitempty"`
	Next    [][]string `json:"next"` // commands that lead on, word by word
}

func (a *app) outcome(name string, args []string, err error) outcomeLine {
	var next []advice.Command
	if err == nil {
		next = a.next
	} else {
		next = onward(err, args)
	}
	code := codeOf(err)
	o := outcomeLine{Head: render.Headed("outcome"), Command: name, Run: a.about, Outcome: render.Hyphened(codeWord(code)), Exit: code, Next: a.program().Argvs(next...)}
	if err != nil && !isCode(err) {
		o.Error = err.Error()
	}
	return o
}

// codeWord is the outcome of a command that ended with a code and no run.
func codeWord(code int) string {
	switch code {
	case exitDone:
		return "done"
	case exitParked:
		return "incomplete"
	case exitRefused:
		return "refused"
	case exitInvalid:
		return "invalid"
	case exitInterrupted:
		return "interrupted"
	case exitInDoubt:
		return "in doubt"
	}
	return "error"
}
