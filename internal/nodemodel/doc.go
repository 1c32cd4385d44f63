// Package nodemodel is one node as its node program has it: what it refuses, what it
// keeps, and what it shows of a script. It is pure: what becomes of the node, and when,
// is its user's to say. Package nodetest has what the node program itself must do.
package nodemodel
