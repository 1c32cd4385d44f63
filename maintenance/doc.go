// Package maintenance has the rules of a Mesos maintenance schedule: what may be added and
// cancelled, how a change is merged into the windows of others, what people write for times,
// and how machines are spread over windows. It decides only: package maintenance/schedule
// reads, posts and reads back.
//
// A cluster has one schedule, which is posted as a whole. A window has no owner in Mesos:
// ours are those that the caller has recorded, with their machines, start and duration. All
// others are foreign, and are posted as the text in which the leading master gave them.
package maintenance
