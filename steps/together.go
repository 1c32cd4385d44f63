package steps

import (
	"strings"

	"github.com/hashicorp/go-multierror"
)

// together is one error of what several nodes failed at side by side, in the
// order given and a line each; nil when none of them failed.
func together(errs ...error) error {
	all := multierror.Append(nil, errs...)
	all.ErrorFormat = func(errs []error) string {
		lines := make([]string, len(errs))
		for i, err := range errs {
			lines[i] = err.Error()
		}
		return strings.Join(lines, "\n")
	}
	return all.ErrorOrNil()
}
