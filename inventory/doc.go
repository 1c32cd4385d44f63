// Package inventory is the cluster that an operator declares: which nodes
// there are, how to reach them, what to patch them to, and by which policy.
//
// Load reads the YAML file strictly and reports every problem at once, each
// with file, line, column, field and a hint. What it returns is complete
// (defaults filled in, ranges expanded) and is not changed afterwards.
// Observed facts do not belong here: see package plan.
//
// Nothing in the file is ignored or guessed. An unknown field, a field that a
// later version will give life to, a name that is used twice and a range that
// does not fit are refused; a policy says what it does not want by "none".
// Which scope says what: a group's policy over the cluster's over the defaults
// (Merge); every default is in defaults.go. Show prints what it all came to.
//
// Parse, Merge and everything else but Load are without effects, and a loaded
// Cluster may be read by several goroutines.
package inventory
