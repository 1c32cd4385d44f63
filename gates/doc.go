// Package gates is the table of the gates that every run has: of whom each is
// asked, how sure it must be, and what it means in words. Inventories, plans,
// package checks and docs/gates.md read it. It asks nothing: package checks has
// one judge for each gate.
package gates
