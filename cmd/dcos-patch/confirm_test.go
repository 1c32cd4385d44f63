package main

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"
)

func TestAnInterruptAtTheQuestionEndsTheCommand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, person := io.Pipe()
		defer person.Close()
		ctx, interrupt := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, interrupt)
		time.AfterFunc(3*time.Second, func() { _, _ = io.WriteString(person, "sim\n") }) // too late
		a := &app{streams: streams{in: in, out: io.Discard, interactive: true}}
		if err := a.confirm(ctx, "sim"); !errors.Is(err, context.Canceled) || codeOf(err) != exitInterrupted {
			t.Errorf("%v, exit %d; want an interrupt", err, codeOf(err))
		}
		time.Sleep(3 * time.Second)
	})
}
