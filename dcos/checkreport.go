package dcos

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Severities of dcos-check-runner, for one check and for all together.
const (
	CheckOK       = 0
	CheckWarning  = 1 // passed, a person should look
	CheckCritical = 2
	CheckUnknown  = 3 // timed out, or ended with any other code
)

// checkSeverity maps an exit code as the runner does for its total: a code
// outside 0 to 3 (127 command not found, -1 killed by a signal) is unknown.
func checkSeverity(code int) int {
	if code < CheckOK || code > CheckUnknown {
		return CheckUnknown
	}
	return code
}

// CheckReport is what dcos-check-runner printed. Its exit code is no
// substitute: it exits 0 when a check could not be found or executed.
type CheckReport struct {
	Status int                    // worst severity; CheckUnknown when Error is set
	Error  string                 // not empty: the runner could not run everything it was asked to
	Checks map[string]CheckResult // by the check's name; none when Error is set
	NotRun []string               // with Error: what was not found or not executed, in the runner's words
}

// CheckResult is the answer of one check.
type CheckResult struct {
	Status int // exit code of the check's own command; -1: killed by a signal
	Output string
}

// Severity is one of CheckOK to CheckUnknown.
func (c CheckResult) Severity() int { return checkSeverity(c.Status) }

// ParseCheckReport reads the standard output of `dcos-check-runner check`, in
// either of its shapes: results, or an error with a list of what was not run.
func ParseCheckReport(b []byte) (CheckReport, error) {
	const what = "check report"
	var raw *struct {
		Status *int            `json:"status"`
		Error  *string         `json:"error"`
		Checks json.RawMessage `json:"checks"`
	}
	if err := decode(what, b, &raw); err != nil {
		return CheckReport{}, err
	}
	switch {
	case raw == nil:
		return CheckReport{}, fmt.Errorf("%s: null, want an object", what)
	case len(raw.Checks) == 0 || string(raw.Checks) == "null":
		return CheckReport{}, missing(what, "checks")
	case raw.Error != nil && raw.Status != nil:
		return CheckReport{}, fmt.Errorf("%s: has both status and error", what)
	case raw.Error != nil:
		return notRun(*raw.Error, raw.Checks)
	case raw.Status == nil:
		return CheckReport{}, missing(what, "status")
	}
	checks, err := checkResults(raw.Checks)
	if err != nil {
		return CheckReport{}, err
	}
	worst := checkSeverity(*raw.Status)
	for _, name := range slices.Sorted(maps.Keys(checks)) {
		if checks[name].Severity() > worst {
			return CheckReport{}, fmt.Errorf("%s: status %d, but check %s has %d", what, *raw.Status, name, checks[name].Status)
		}
	}
	return CheckReport{Status: worst, Checks: checks}, nil
}

func notRun(text string, checks []byte) (CheckReport, error) {
	if text == "" {
		return CheckReport{}, missing("check report", "error")
	}
	r := CheckReport{Status: CheckUnknown, Error: text}
	if err := decode("check report: checks", checks, &r.NotRun); err != nil {
		return CheckReport{}, err
	}
	return r, nil
}

func checkResults(b []byte) (map[string]CheckResult, error) {
	const what = "check report: checks"
	var raw map[string]*struct {
		Status *int    `json:"status"`
		Output *string `json:"output"`
	}
	if err := decode(what, b, &raw); err != nil {
		return nil, err
	}
	checks := make(map[string]CheckResult, len(raw))
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		switch c := raw[name]; {
		case c == nil || c.Status == nil:
			return nil, missing(what, name+".status")
		case c.Output == nil:
			return nil, missing(what, name+".output")
		default:
			checks[name] = CheckResult{*c.Status, *c.Output}
		}
	}
	return checks, nil
}
