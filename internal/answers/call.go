package answers

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// Value is how Mesos writes an id.
type Value struct {
	Value string `json:"value"`
}

func nanoseconds(t time.Time) Object { return Object{"nanoseconds": t.UnixNano()} }

func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

// readCall checks what an API of the v1 form checks before it reads a call. A
// reply with a status is the refusal.
func readCall(r *http.Request, body []byte, of string) (string, Reply) {
	switch kind := r.Header.Get("Content-Type"); {
	case r.Method != http.MethodPost:
		return "", notPost(r)
	case kind == "":
		return "", Text(http.StatusBadRequest, "Expecting 'Content-Type' to be present")
	case kind != TypeJSON:
		return "", Text(http.StatusUnsupportedMediaType, "Expecting 'Content-Type' of application/json or application/x-protobuf")
	}
	if accepts := r.Header.Get("Accept"); accepts != "" && !strings.Contains(accepts, "application/") && !strings.Contains(accepts, "*/*") {
		return "", Text(http.StatusNotAcceptable, "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'")
	}
	var call struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(body, &call); err != nil {
		return "", Text(http.StatusBadRequest, "Failed to parse body into JSON: "+syntaxError)
	}
	if call.Type == "" {
		return "", noType(of)
	}
	return call.Type, Reply{}
}

func notPost(r *http.Request) Reply {
	return notAllowed(r, "'POST'")
}

func notAllowed(r *http.Request, methods string) Reply {
	return Text(http.StatusMethodNotAllowed, "405 Method Not Allowed. Expecting one of { "+methods+" }, but received '"+r.Method+"'.")
}

func notFound() Reply { return Text(http.StatusNotFound, "404 Not Found.") }

func noType(of string) Reply {
	return Text(http.StatusBadRequest, "Failed to validate "+of+"::Call: Expecting 'type' to be present")
}

// called wraps an answer as the v1 APIs do.
func called(call string, v any) Reply { return JSON(Object{"type": call, strings.ToLower(call): v}) }

// commonCall answers the calls that masters and agents answer alike.
func commonCall(call string, b Build, flags map[string]string) (Reply, bool) {
	switch call {
	case "GET_HEALTH":
		return called(call, Object{"healthy": true}), true
	case "GET_VERSION":
		return called(call, Object{"version_info": b.json()}), true
	case "GET_FLAGS":
		list := []Object{}
		for name, v := range flags {
			list = append(list, Object{"name": name, "value": v})
		}
		return called(call, Object{"flags": list}), true
	case "GET_OPERATIONS":
		return called(call, Object{}), true // no framework here makes any
	}
	return Reply{}, false
}

// otherCall answers a call that is not modelled as Mesos answers one that it
// does not have.
func otherCall(call, of string) Reply {
	r := noType(of)
	known := map[string]string{
		"master": "GET_MASTER GET_METRICS GET_STATE GET_EXECUTORS GET_ROLES GET_WEIGHTS LIST_FILES READ_FILE " +
			"SUBSCRIBE TEARDOWN GET_LOGGING_LEVEL SET_LOGGING_LEVEL",
		"agent": "GET_METRICS GET_STATE GET_FRAMEWORKS GET_EXECUTORS GET_CONTAINERS GET_RESOURCE_PROVIDERS LIST_FILES READ_FILE " +
			"LAUNCH_CONTAINER WAIT_CONTAINER KILL_CONTAINER REMOVE_CONTAINER GET_LOGGING_LEVEL SET_LOGGING_LEVEL",
	}[of]
	if strings.Contains(" "+known+" ", " "+call+" ") {
		r.Unknown = "v1 call " + call + " to the " + of
	}
	return r
}
