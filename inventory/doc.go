// Package inventory is the cluster that an operator declares: which nodes
// there are, how to reach them, what to patch them to, and by which policy.
//
// Load reads the YAML file strictly and reports every problem at once, each
// with file, line, column, field and a hint. What it returns is complete
// (defaults filled in, ranges expanded) and is not changed afterwards.
// Observed facts do not belong here: see package plan.
package inventory
