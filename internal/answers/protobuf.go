package answers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// message is what Mesos checks of a protobuf message that is written as JSON: of its
// fields, by name, those that are read here.
type message map[string]field

type field struct {
	of       message // its own fields; nil: it is no message
	required bool
}

func must(of message) field { return field{of, true} }

// The messages that operators send.
func machineMessage() message { return message{"hostname": {}, "ip": {}} }

func scheduleMessage() message {
	nanoseconds := message{"nanoseconds": must(nil)}
	return message{"windows": {of: message{
		"machine_ids":    {of: machineMessage()},
		"unavailability": must(message{"start": must(nanoseconds), "duration": {of: nanoseconds}}),
	}}}
}

func callMessage() message {
	id := must(message{"value": must(nil)})
	machines := field{of: message{"machines": {of: machineMessage()}}}
	return message{
		"update_maintenance_schedule": {of: message{"schedule": must(scheduleMessage())}},
		"start_maintenance":           machines,
		"stop_maintenance":            machines,
		"drain_agent":                 {of: message{"agent_id": id, "max_grace_period": {of: message{"seconds": {}, "nanos": {}}}, "mark_gone": {}}},
		"deactivate_agent":            {of: message{"agent_id": id}},
		"reactivate_agent":            {of: message{"agent_id": id}},
		"mark_agent_gone":             {of: message{"agent_id": id}},
	}
}

// syntaxError is what Mesos's JSON parser says.
const syntaxError = "syntax error at line 1 near: "

// read reads JSON as Mesos reads a message, into v. The text is its error.
func (m message) read(body []byte, v any) (text string) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var raw any
	if d.Decode(&raw) != nil {
		return syntaxError
	}
	o, is := raw.(map[string]any)
	if !is {
		return "Unexpected JSON type parsed"
	}
	if text := m.fits(o); text != "" {
		return text
	}
	if lacks := m.lacks(o, ""); len(lacks) > 0 {
		return "Missing required fields: " + strings.Join(lacks, ", ")
	}
	if err := json.Unmarshal(body, v); err != nil {
		return err.Error()
	}
	return ""
}

// fits checks where messages are: Mesos says which JSON it did not expect.
func (m message) fits(o map[string]any) string {
	for name, f := range m {
		if f.of == nil {
			continue
		}
		list, many := o[name].([]any)
		if !many && o[name] != nil {
			list = []any{o[name]}
		}
		for _, one := range list {
			inner, is := one.(map[string]any)
			if !is {
				return fmt.Sprintf("Not expecting a JSON %s for field '%s'", kindOf(one), name)
			}
			if text := f.of.fits(inner); text != "" {
				return text
			}
		}
	}
	return ""
}

func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case json.Number:
		return "number"
	case bool:
		return "boolean"
	case []any:
		return "array"
	}
	return "null"
}

// lacks lists the required fields that are not there, sorted.
func (m message) lacks(o map[string]any, at string) (all []string) {
	for name, f := range m {
		switch v := o[name].(type) {
		case nil:
			if f.required {
				all = append(all, at+name)
			}
		case map[string]any:
			all = append(all, f.of.lacks(v, at+name+".")...)
		case []any:
			for i, one := range v {
				if inner, is := one.(map[string]any); is {
					all = append(all, f.of.lacks(inner, fmt.Sprintf("%s%s[%d].", at, name, i))...)
				}
			}
		}
	}
	slices.Sort(all)
	return all
}

// number is an integer that may be written as a string, or with a fraction.
type number int64

// UnmarshalJSON reads any of these.
func (n *number) UnmarshalJSON(b []byte) error {
	text := strings.Trim(string(b), `"`)
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		*n = number(i)
		return nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.Abs(f) >= math.MaxInt64 {
		return fmt.Errorf("%s is not a number", text)
	}
	*n = number(f)
	return nil
}
