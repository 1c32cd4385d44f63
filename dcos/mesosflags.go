package dcos

import (
	"errors"
	"time"
)

// ParseMesosFlags reads the body of GET /flags.
func ParseMesosFlags(b []byte) (map[string]string, error) { return nil, errors.New("not written yet") }

// PingBudget is how long the leading master waits for an agent that does not
// answer before it gives the agent's tasks up.
func PingBudget(flags map[string]string) (time.Duration, error) {
	return 0, errors.New("not written yet")
}

// ParseMesosDuration reads a duration as Mesos writes it: "15secs".
func ParseMesosDuration(s string) (time.Duration, error) { return 0, errors.New("not written yet") }
