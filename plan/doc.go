// Package plan turns an inventory, observed facts and a target into a plan:
// stages of lanes of steps, as data that can be printed, compared, hashed,
// approved and carried out. Build is pure and deterministic.
//
// A dry run is the plan; nothing that acts on a node knows about dry runs.
package plan
