package dcos_test

import (
	"fmt"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// A metric that Mesos could not compute in time is absent, which is not 0.
func ExampleParseMetrics() {
	m, err := dcos.ParseMetrics([]byte(`{"registrar/log/recovered": 1.0, "master/elected": 0.0}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"registrar/log/recovered", "master/elected", "registrar/registry_size_bytes"} {
		v, ok := m.Get(name)
		fmt.Println(name, v, ok)
	}
	// Output:
	// registrar/log/recovered 1 true
	// master/elected 0 true
	// registrar/registry_size_bytes 0 false
}

// A download that is not a node patch script says what it is instead.
func ExampleParseScript() {
	_, err := dcos.ParseScript([]byte("<html><head><title>404 Not Found</title></head></html>"))
	fmt.Println(err)
	// Output: node patch script: not one but an HTML page: 404 Not Found
}

// How long the leading master waits for a silent agent, out of its own flags.
func ExamplePingBudget() {
	flags, err := dcos.ParseMesosFlags([]byte(`{"flags":{"agent_ping_timeout":"15secs","max_slave_ping_timeouts":"20"}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(dcos.PingBudget(flags))
	// Output: 5m0s <nil>
}

// A number that the database has not yet written is unknown.
func ExampleCount() {
	var c dcos.Count
	fmt.Println(c, c.Is(0), dcos.KnownCount(0), dcos.KnownCount(0).Is(0))
	// Output: unknown false 0 true
}
