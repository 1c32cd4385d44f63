package dcos

// ParseGetHealth reads the answer to the v1 call GET_HEALTH.
func ParseGetHealth(b []byte) (bool, error) {
	const what = "GET_HEALTH"
	var raw struct {
		Healthy *bool `json:"healthy"`
	}
	if err := decodeCall(what, "get_health", b, &raw); err != nil {
		return false, err
	}
	if raw.Healthy == nil {
		return false, missing(what, "healthy")
	}
	return *raw.Healthy, nil
}
