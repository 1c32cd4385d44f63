package checks

import (
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// CustomKinds lists the kinds of gates that an operator can add in the
// inventory, as Table lists those that every run has.
func CustomKinds() []Row {
	return []Row{kindCommand(), kindHTTP(), kindPrometheus()}
}

func customKind(g plan.CustomGate) Row {
	switch {
	case g.Command != "":
		return kindCommand()
	case g.Query != "":
		return kindPrometheus()
	}
	return kindHTTP()
}

// ofKind is what the kinds have in common.
func ofKind(r Row) Row {
	r.Roles, r.Where, r.unit = anyRole(), Serving, dcos.Role.MesosUnit
	r.Versions, r.Restart = "all", "process of the Mesos unit changed"
	r.Applies = "where the inventory has it: to every node, or to a group's; one of the cluster is also asked before anything is admitted"
	r.Baseline = "none: what was red before is red"
	r.Default = spec(r.Name, 3, time.Minute, 15*time.Second, 5*time.Minute)
	return r
}

func kindCommand() Row {
	return ofKind(Row{
		Name:     "command",
		Asks:     "the command exits 0; any other code, a signal, or no end within the gate's timeout is red",
		Evidence: "sh -c on the controller, in the folder of the inventory, with NODE, ADDRESS, IP, ROLE and RUN in its environment; of: cluster leaves the node out",
	})
}

func kindHTTP() Row {
	return ofKind(Row{
		Name:     "http",
		Asks:     "the URL answers 200, with the wanted text and JSON values in its body; a redirect is not followed, and an answer out of a cache (Age) does not count",
		Evidence: "GET from the controller, or, with via: node, through the node's SSH connection; ${NODE}, ${ADDRESS}, ${IP}, ${ROLE} and ${RUN} are filled in",
	})
}

func kindPrometheus() Row {
	return ofKind(Row{
		Name:     "prometheus",
		Asks:     "every value of the query satisfies the comparison; no value, NaN, an infinite one, a histogram, a range, or an answer with warnings (a part of the whole) is red",
		Evidence: "GET /api/v1/query of prometheus.url from the controller, evaluated by the server's own clock at each question: a row needs two evaluations",
	})
}
