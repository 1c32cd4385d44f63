package answers

import (
	"encoding/json"
	"net/http"
)

// Object is a JSON object.
type Object = map[string]any

// Reply is an HTTP answer. The zero Reply is none.
type Reply struct {
	Status   int
	Type     string // Content-Type; empty: not sent
	Body     []byte
	Location string
	Unknown  string // what was asked that Mesos has and this package has not; empty: nothing
	Order    *Order // to be carried out before this is sent; nil: none
}

// Content types of Mesos.
const (
	TypeJSON = "application/json"
	TypeText = "text/plain; charset=utf-8"
)

// Text is a reply in text.
func Text(status int, text string) Reply {
	return Reply{Status: status, Type: TypeText, Body: []byte(text)}
}

// JSON is a reply of 200 with a value that can be encoded.
func JSON(v any) Reply {
	b, err := json.Marshal(v)
	if err != nil {
		return Text(http.StatusInternalServerError, err.Error())
	}
	return Reply{Status: http.StatusOK, Type: TypeJSON, Body: b}
}

// Write sends the reply.
func (r Reply) Write(w http.ResponseWriter) {
	if r.Type != "" {
		w.Header().Set("Content-Type", r.Type)
	}
	if r.Location != "" {
		w.Header()["Location"] = []string{r.Location}
	}
	w.WriteHeader(r.Status)
	_, _ = w.Write(r.Body) // the client has gone when this fails
}
