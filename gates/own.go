package gates

// OwnNeed is how many good samples in a row a gate of an operator's own demands.
// How long they must last is the inventory's to say.
const OwnNeed = 3

// Own lists the kinds of gates that an operator can add in the inventory.
func Own() []Gate {
	kinds := []Gate{{
		Name:     "command",
		Asks:     "the command exits 0; any other code, a signal, or no end within the gate's timeout is red",
		Evidence: "sh -c on the controller, in the folder of the inventory, with NODE, ADDRESS, IP, ROLE and RUN in its environment; of: cluster leaves the node out",
	}, {
		Name:     "http",
		Asks:     "the URL answers 200, with the wanted text and JSON values in its body; a redirect is not followed, and an answer out of a cache (Age) does not count",
		Evidence: "GET from the controller, or, with via: node, through the node's SSH connection; ${NODE}, ${ADDRESS}, ${IP}, ${ROLE} and ${RUN} are filled in",
	}, {
		Name:     "prometheus",
		Asks:     "every value of the query satisfies the comparison; no value, NaN, an infinite one, a histogram, a range, or an answer with warnings (a part of the whole) is red",
		Evidence: "GET /api/v1/query of prometheus.url from the controller, evaluated by the server's own clock at each question: a streak needs two evaluations",
	}}
	for i := range kinds {
		k := &kinds[i]
		k.Half, k.Need, k.Within = Serving, OwnNeed, Timeouts{Master: "own", Agent: "own"}
		k.Versions, k.Restart = "all", "process of the Mesos unit changed"
		k.Applies = "where the inventory has it: to every node, or to a group's; one of the cluster is also asked before anything is admitted"
		k.Baseline = "none: what was red before is red"
	}
	return kinds
}
