package dcos

import "fmt"

// Framework is a framework that the leading master knows and has not removed.
type Framework struct {
	ID, Name string
	Active   bool // false also while its scheduler is away
}

// ParseGetFrameworks reads a master's answer to the v1 call GET_FRAMEWORKS.
// Frameworks that have ended are left out.
func ParseGetFrameworks(b []byte) ([]Framework, error) {
	const what = "GET_FRAMEWORKS"
	type rawFramework struct {
		Info *struct {
			ID   v1Value `json:"id"`
			Name string  `json:"name"`
		} `json:"framework_info"`
		Active bool `json:"active"`
	}
	var all []Framework
	var raw struct {
		Frameworks list[rawFramework] `json:"frameworks"`
	}
	raw.Frameworks.take = func(i int, r rawFramework) error {
		if r.Info == nil || r.Info.ID.Value == "" {
			return missing(fmt.Sprintf("frameworks[%d]", i), "framework_info.id")
		}
		all = append(all, Framework{ID: r.Info.ID.Value, Name: r.Info.Name, Active: r.Active})
		return nil
	}
	if err := decodeCall(what, "get_frameworks", b, &raw); err != nil {
		return nil, err
	}
	return all, nil
}
