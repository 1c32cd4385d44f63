package mesos_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/dcos-patch/dcos-patch/mesos"
)

// answering is a daemon that always answers the same.
func answering(status int, body string) mesos.Doer {
	return doer(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body))}, nil
	})
}

// A master that is elected and has not read its registry says so only to v1
// calls: its v0 endpoints answer 200 and list nothing.
func ExampleClient_Agents() {
	c := mesos.New(answering(503, "Master has not finished recovery"), "http://10.20.0.11:5050")
	_, err := c.Agents(context.Background())
	fmt.Println(errors.Is(err, mesos.ErrNotRecovered))
	fmt.Println(err)
	// Output:
	// true
	// http://10.20.0.11:5050 v1 call GET_AGENTS: HTTP 503: Master has not finished recovery
}

// One Reader for each daemon, for all who want its metrics.
func ExampleReader() {
	c := mesos.New(answering(200, `{"registrar/log/recovered":1.0}`), "http://10.20.0.11:5050")
	metrics := mesos.NewReader(c, mesos.ReadSpacing)
	sample, err := metrics.Read(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	recovered, ok := sample.Metrics.Get("registrar/log/recovered")
	fmt.Println(recovered, ok, sample.At.Before(sample.Asked))
	// Output: 1 true false
}
