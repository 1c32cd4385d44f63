package dcos

import "errors"

// ParseScript reads a node patch script.
func ParseScript(b []byte) (Script, error) { return Script{}, errors.New("not written yet") }
