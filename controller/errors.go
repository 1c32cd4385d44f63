package controller

import (
	"fmt"

	"github.com/dcos-patch/dcos-patch/advice"
)

// InvalidError is input that cannot be used.
type InvalidError struct {
	Err  error
	Next advice.Text // where it leads on; nil: nowhere
}

func (e *InvalidError) Error() string {
	if e.Next == nil {
		return e.Err.Error()
	}
	return e.Err.Error() + "; " + e.Next.String()
}

func (e *InvalidError) Unwrap() error { return e.Err }

func invalid(format string, args ...any) error {
	return &InvalidError{Err: fmt.Errorf(format, args...)}
}

// GoneError is a run that cannot be ended because the cluster does not answer.
type GoneError struct {
	Err  error
	Next advice.Text // if there is no such cluster any more
}

func (e *GoneError) Error() string { return e.Err.Error() }
func (e *GoneError) Unwrap() error { return e.Err }
