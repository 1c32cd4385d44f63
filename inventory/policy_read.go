package inventory

// readPolicy reads the policy of the cluster, or of the group of at. What only
// the other can have is refused, since nothing would heed it here.
func readPolicy(p *Policy, at *groupPlaces) func(value) {
	timeouts := fields{}
	all := fields{
		"timeouts":        func(v value) { v.mapping(timeouts) },
		"approve_after":   notYet,
		"require_plan_id": notYet,
		"backup_max_age":  notYet,
	}
	for _, f := range policyFields() {
		read := f.read(p, at)
		if !f.in(at != nil) {
			read = elsewhere(f.whose)
		}
		if f.timeout != nil {
			timeouts[f.name] = read
		} else {
			all[f.name] = read
		}
	}
	return func(v value) { v.mapping(all) }
}

// showPolicy shows the policy of the cluster, or of a group.
func showPolicy(p Policy, group bool) page {
	said, timeouts := mapping(), mapping()
	for _, f := range policyFields() {
		switch {
		case !f.in(group):
		case f.timeout != nil:
			timeouts.setNode(f.name, f.show(p))
		default:
			said.setNode(f.name, f.show(p))
		}
	}
	return said.setNode("timeouts", timeouts)
}

// homeOfPolicy names the place of a field of policies; empty: it is none.
func homeOfPolicy(name string) string {
	for _, f := range policyFields() {
		switch {
		case f.name != name:
		case f.timeout != nil:
			return "policy.timeouts"
		case f.scope == ofGroup:
			return "the policy of a group"
		default:
			return "policy"
		}
	}
	return ""
}
