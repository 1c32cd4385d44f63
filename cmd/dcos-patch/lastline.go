package main

import (
	"github.com/dcos-patch/dcos-patch/render"
)

// lastLine ends the output of a command that carries out a run.
func (a *app) lastLine(cmd string, args []string, err error) {
	if a.output != "json" || cmd != "apply" && cmd != "resume" && cmd != "stage" {
		return
	}
	code := codeOf(err)
	sum := render.Summary{Version: render.JSONVersion, Kind: "summary", State: refusalWord(code), Why: "this command has touched nothing, and has not looked whether the cluster may be left: status does", Next: a.program().Argvs(onward(err, args)...)}
	if a.ended != nil {
		sum = a.console().Summary(*a.ended)
	}
	if err != nil && !isCode(err) {
		sum.Error = err.Error()
	}
	if a.ended == nil || code == exitInDoubt && sum.Error != "" { // it could not be recorded how the run went on
		sum.Outcome, sum.Reason = render.Hyphened(refusalWord(code)), render.Hyphened(refusalWord(code))
	}
	sum.Exit = &code
	_ = render.Value(a.out, sum) // a reader that went away does not matter
}

// refusalWord is the outcome of a command that ended with a code and no run.
func refusalWord(code int) string {
	switch code {
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
