// Package render writes plans, refusals and the events of a run: as text for
// people, and as JSON for programs. It decides nothing, has no clock, and
// writes only to the io.Writer that it is given; an error is that writer's.
package render
