package answers

import "encoding/json"

// Check is what one check of the check runner came to: 0 ok, 1 warning, 2
// critical, 3 unknown; -1: it was ended by a signal.
type Check struct {
	Output string `json:"output"`
	Status int    `json:"status"`
}

// Checks is what the check runner prints, and its exit code: the worst of the
// checks' codes, where one outside 0 to 3 counts as 3.
func Checks(checks map[string]Check) (string, int) {
	worst := 0
	for _, c := range checks {
		code := c.Status
		if code < 0 || code > 3 {
			code = 3
		}
		worst = max(worst, code)
	}
	if checks == nil {
		checks = map[string]Check{}
	}
	return indented(struct {
		Status int              `json:"status"`
		Checks map[string]Check `json:"checks"`
	}{worst, checks}), worst
}

// ChecksNotFound is what the runner prints when it does not have a check: there is
// no status, and the exit code is 0 all the same.
func ChecksNotFound(name string) string {
	return indented(Object{"error": "One or more requested checks could not be found on this node.", "checks": []string{name + ": Check not found"}})
}

// indented is a value of strings and numbers as the runner prints it.
func indented(v any) string {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(err) // of strings and numbers
	}
	return string(b) + "\n"
}
