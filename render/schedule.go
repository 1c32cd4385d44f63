package render

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/maintenance"
)

// Schedule writes the windows of a maintenance schedule, a machine a line.
func Schedule(w io.Writer, windows []maintenance.Listed) error {
	if len(windows) == 0 {
		_, err := io.WriteString(w, "no maintenance is scheduled\n")
		return err
	}
	for _, l := range windows {
		if _, err := fmt.Fprintln(w, l.String()); err != nil {
			return err
		}
		var t table
		for _, e := range l.Entries {
			name := maintenance.Name(e.Machine)
			if e.Node != "" {
				name = e.Node + "  " + name
			}
			t.row("  "+name, mode(e), answered(e))
		}
		if err := t.write(w); err != nil {
			return err
		}
	}
	return nil
}

func mode(e maintenance.Entry) string {
	if e.Down {
		return "down"
	}
	return "draining"
}

// answered is what frameworks say of a machine, or why none is asked.
func answered(e maintenance.Entry) string {
	switch {
	case e.Down:
		return ""
	case !e.Registered:
		return "no agent announces this hostname and ip: the window has no effect"
	case len(e.Answers) == 0:
		return "no framework has answered"
	}
	var all []string
	for _, a := range e.Answers {
		said := map[string]string{"ACCEPT": "accepts", "DECLINE": "declines", "UNKNOWN": "has not answered"}[a.Status]
		if said == "" {
			said = a.Status
		}
		all = append(all, a.Framework+" "+said)
	}
	return strings.Join(all, ", ")
}

type scheduleLine struct {
	Head
	Windows []scheduledWindow `json:"windows"`
}

type scheduledWindow struct {
	Start    time.Time          `json:"start"`
	End      *time.Time         `json:"end,omitempty"`
	Machines []scheduledMachine `json:"machines"`
}

type scheduledMachine struct {
	Hostname   string          `json:"hostname"`
	IP         string          `json:"ip"`
	Node       string          `json:"node,omitempty"`
	Mode       string          `json:"mode"`
	Registered bool            `json:"registered"`
	Answers    []inverseAnswer `json:"answers"`
}

type inverseAnswer struct {
	Framework   string     `json:"framework"`
	FrameworkID string     `json:"framework_id"`
	Status      string     `json:"status"`
	At          *time.Time `json:"at,omitempty"`
}

// ScheduleJSON writes the windows of a maintenance schedule, for programs.
func ScheduleJSON(w io.Writer, windows []maintenance.Listed) error {
	line := scheduleLine{Headed("schedule"), []scheduledWindow{}}
	for _, l := range windows {
		out := scheduledWindow{Start: l.Start.UTC(), Machines: []scheduledMachine{}}
		if l.Duration > 0 {
			end := out.Start.Add(l.Duration)
			out.End = &end
		}
		for _, e := range l.Entries {
			m := scheduledMachine{e.Machine.Hostname, e.Machine.IP, e.Node, mode(e), e.Registered, []inverseAnswer{}}
			for _, a := range e.Answers {
				answer := inverseAnswer{a.Framework, a.FrameworkID, a.Status, nil}
				if !a.At.IsZero() {
					at := a.At.UTC()
					answer.At = &at
				}
				m.Answers = append(m.Answers, answer)
			}
			out.Machines = append(out.Machines, m)
		}
		line.Windows = append(line.Windows, out)
	}
	return Value(w, line)
}
