// Package safety is the rules that no run may break. They are asked of what is true
// of a cluster at one moment, and are pure. The engine asks them of what it knows,
// before every decision; the stand-ins (simcluster, rehearse, prove) ask them of the
// truth, as something happens to a node or is said of the run. Each only says what
// is true; the rules, and their words, are here.
package safety
