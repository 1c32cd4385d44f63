package dcos

import (
	"fmt"
	"math/big"
	"regexp"
	"time"
)

var mesosDuration = regexp.MustCompile(`^([0-9]{1,30}(?:\.[0-9]{1,30})?)(ns|us|ms|secs|mins|hrs|days|weeks)$`)

// ParseMesosDuration reads a duration as Mesos writes it: "15secs", "1.5hrs".
// It is exact down to the nanosecond; a finer part is cut off. Negative
// durations, which Mesos knows and no timeout has, are errors.
func ParseMesosDuration(s string) (time.Duration, error) {
	m := mesosDuration.FindStringSubmatch(s)
	if m == nil {
		return 0, fmt.Errorf("%q is not a Mesos duration: want a number and ns, us, ms, secs, mins, hrs, days or weeks", clip(s))
	}
	n, ok := new(big.Rat).SetString(m[1])
	if !ok {
		return 0, fmt.Errorf("%q is not a Mesos duration", clip(s))
	}
	n.Mul(n, new(big.Rat).SetInt64(int64(mesosUnit(m[2]))))
	ns := new(big.Int).Quo(n.Num(), n.Denom())
	if !ns.IsInt64() {
		return 0, fmt.Errorf("%q is too long a duration", clip(s))
	}
	return time.Duration(ns.Int64()), nil
}

func mesosUnit(name string) time.Duration {
	switch name {
	case "us":
		return time.Microsecond
	case "ms":
		return time.Millisecond
	case "secs":
		return time.Second
	case "mins":
		return time.Minute
	case "hrs":
		return time.Hour
	case "days":
		return 24 * time.Hour
	case "weeks":
		return 7 * 24 * time.Hour
	}
	return time.Nanosecond
}
