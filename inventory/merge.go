package inventory

// Merge fills what the narrower policy does not say from the wider one: a
// group's from the cluster's, the cluster's from the defaults. It is pure, and
// the result shares no memory with either.
//
// "canary: none", "settle: none" and "expected_red_until: none" are said: they are not filled.
func Merge(narrow, wide Policy) Policy {
	var m Policy
	for _, f := range policyFields() {
		if f.said(narrow) {
			f.take(&m, narrow)
		} else {
			f.take(&m, wide)
		}
	}
	return m
}
