package checks

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/daemons"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

func commandCases() []verdictCase {
	a := afterPatch(agentNode())
	g := plan.CustomGate{Name: "command", Command: "./check.sh"}
	on := func(e ended) Answer { return judgeCommand(e, g, a) }
	mesos := dcos.PrivateAgent.MesosUnit()
	untidy := afterPatch(agentNode())
	untidy.base.RedUnits, untidy.base.RedChecks = map[string]string{"dcos-log.service": "failed"}, map[string]string{"node-poststart/x": "status 2"}
	return []verdictCase{
		{"exit 0 passes, and shows what it said", on(ended{said: "all 12 brokers"}), dcos.Passed, "exit 0: all 12 brokers"},
		{"a stale yes: exit 0 while the old agent still runs", a.under(processOf(old(mesos)), "command", on(ended{})), dcos.Failed, "still the old process"},
		{"untidy: warnings on its output, on a node that was red in other things before", untidy.under(processOf(fresh(mesos)), "command", judgeCommand(ended{said: "warning: deprecated flag"}, g, untidy)), dcos.Passed, "deprecated flag"},
		{"another exit code is refused", on(ended{code: 3, said: "2 partitions behind"}), dcos.Failed, "exit 3: 2 partitions behind"},
		{"a command that is not there is refused", on(ended{code: 127, said: "/bin/sh: 1: ./check.sh: not found"}), dcos.Failed, "not found"},
		{"one that does not end is unknown", on(ended{err: errors.New("it did not end within 15s, and was killed")}), dcos.Unknown, "killed"},
		{"one that a signal ended is unknown", on(ended{err: errors.New("signal: segmentation fault")}), dcos.Unknown, "segmentation"},
	}
}

func httpCases() []verdictCase {
	a := afterPatch(agentNode())
	plain := plan.CustomGate{Name: "http", HTTP: "http://h/"}
	text := edit(plain, func(g *plan.CustomGate) { g.WantText = "all well" })
	doc := edit(plain, func(g *plan.CustomGate) {
		g.WantJSON = []inventory.WantJSON{{Path: "nodes.0.up", Value: "true"}, {Path: "shards.failed", Value: "0"}, {Path: "status", Value: "green"}}
	})
	on := func(g plan.CustomGate, body string) Answer {
		return judgeHTTP(reply{Reply: daemons.Reply{Status: 200, Body: []byte(body)}}, g, a)
	}
	const green = `{"status": "green", "shards": {"failed": 0.0, "all": 9}, "nodes": [{"up": true}]}`
	return []verdictCase{
		{"200 passes", on(plain, ""), dcos.Passed, "HTTP 200"},
		{"a stale yes: an answer out of a cache", judgeHTTP(reply{Reply: daemons.Reply{Status: 200, Age: "30"}}, plain, a), dcos.Failed, "cache"},
		{"a stale yes: 200 while the old agent still runs", a.under(processOf(old(dcos.PrivateAgent.MesosUnit())), "http", on(plain, "")), dcos.Failed, "still the old process"},
		{"untidy: more fields than asked for, a number written otherwise, and an age of 0", judgeHTTP(reply{Reply: daemons.Reply{Status: 200, Age: "0", Body: []byte(green)}}, doc, a), dcos.Passed, "shards.failed 0"},
		{"the wanted text passes", on(text, "it is all well here"), dcos.Passed, "HTTP 200"},
		{"another text is refused, and shown", on(text, "half well"), dcos.Failed, "without it: half well"},
		{"another value is refused", on(doc, strings.Replace(green, "green", "yellow", 1)), dcos.Failed, "status yellow"},
		{"a value that is missing is refused", on(doc, strings.Replace(green, "failed", "lost", 1)), dcos.Failed, "shards.failed missing"},
		{"null is refused", on(doc, strings.Replace(green, "0.0", "null", 1)), dcos.Failed, "shards.failed null"},
		{"a list where a value is wanted is refused", on(doc, strings.Replace(green, "0.0", "[0]", 1)), dcos.Failed, "no single value"},
		{"a shorter list is refused", on(doc, strings.Replace(green, `{"up": true}`, "", 1)), dcos.Failed, "nodes.0.up missing"},
		{"a page that is no JSON is unknown", on(doc, "<html>"), dcos.Unknown, "no JSON"},
		{"half of a document is unknown", on(doc, green[:40]), dcos.Unknown, "no JSON"},
		{"a second document is unknown", on(doc, green+green), dcos.Unknown, "follows"},
		{"another status is refused with what it says", judgeHTTP(reply{Reply: daemons.Reply{Status: 503, Body: []byte("starting")}}, plain, a), dcos.Failed, "HTTP 503: starting"},
		{"a redirect is refused", judgeHTTP(reply{Reply: daemons.Reply{Status: 302, Location: "/login"}}, plain, a), dcos.Failed, "HTTP 302 to /login"},
		{"no answer is unknown", judgeHTTP(reply{err: errTest}, plain, a), dcos.Unknown, "refused"},
		{"the zero answer is refused", judgeHTTP(reply{}, plain, a), dcos.Failed, "HTTP 0"},
	}
}

// vector is the body of an answer with these results.
func vector(results ...string) string {
	return `{"status":"success","data":{"resultType":"vector","result":[` + strings.Join(results, ",") + `]}}`
}

func prometheusCases() []verdictCase {
	a := afterPatch(agentNode())
	g := plan.CustomGate{Name: "prometheus", Query: "kafka_urp", Want: dcos.Comparison{Op: "=="}}
	on := func(body string) Answer {
		return judgePrometheus(reply{Reply: daemons.Reply{Status: 200, Body: []byte(body)}}, g, a)
	}
	const zero, one = `{"metric":{"broker":"b1"},"value":[1767225600.1,"0"]}`, `{"metric":{"broker":"b2"},"value":[1767225600.1,"1"]}`
	with := func(value string) string { return vector(`{"metric":{},"value":` + value + `}`) }
	not := edit(g, func(g *plan.CustomGate) { g.Want.Op = "!=" })
	return []verdictCase{
		{"one value that satisfies passes", on(with(`[1,"0"]`)), dcos.Passed, "0"},
		{"several that all do pass", on(vector(zero, zero)), dcos.Passed, "all of 2 values"},
		{"a scalar passes", on(`{"status":"success","data":{"resultType":"scalar","result":[1,"0"]}}`), dcos.Passed, "0"},
		{"a stale yes: an answer out of a cache", judgePrometheus(reply{Reply: daemons.Reply{Status: 200, Age: "12", Body: []byte(vector(zero))}}, g, a), dcos.Unknown, "cache"},
		{"a stale yes: the value while the old agent still runs", a.under(processOf(old(dcos.PrivateAgent.MesosUnit())), "prometheus", on(vector(zero))), dcos.Failed, "still the old process"},
		{"untidy: fields that nobody knows, notes, and -0", on(strings.Replace(with(`[1,"-0"]`), `{`, `{"infos":["metric might not be a counter"],"x":1,`, 1)), dcos.Passed, "0"},
		{"another value is refused", on(vector(one)), dcos.Failed, `{broker="b2"} 1`},
		{"one of several is refused", on(vector(zero, one)), dcos.Failed, `1 of 2 values: {broker="b2"} 1`},
		{"no value is unknown", on(vector()), dcos.Unknown, "no value"},
		{"no result is unknown", on(`{"status":"success","data":{"resultType":"vector","result":null}}`), dcos.Unknown, "no value"},
		{"NaN is refused", on(with(`[1,"NaN"]`)), dcos.Failed, "NaN"},
		{"NaN is refused where 0 is not wanted", judgePrometheus(reply{Reply: daemons.Reply{Status: 200, Body: []byte(with(`[1,"NaN"]`))}}, not, a), dcos.Failed, "NaN"},
		{"an infinite value is refused", judgePrometheus(reply{Reply: daemons.Reply{Status: 200, Body: []byte(with(`[1,"+Inf"]`))}}, not, a), dcos.Failed, "Inf"},
		{"a histogram is unknown", on(vector(`{"metric":{"__name__":"h"},"histogram":[1,{"count":"0","sum":"0","buckets":[]}]}`)), dcos.Unknown, "histogram"},
		{"a sample without a value is unknown", on(vector(`{"metric":{"broker":"b1"}}`)), dcos.Unknown, "without a value"},
		{"a sample with half a value is unknown", on(with(`[1]`)), dcos.Unknown, "without a value"},
		{"a sample with a value of null is unknown", on(with(`[1,null]`)), dcos.Unknown, "without a value"},
		{"a sample at no time is unknown", on(with(`[null,"0"]`)), dcos.Unknown, "without a value"},
		{"a sample that is null is unknown", on(vector(`null`)), dcos.Unknown, "without a value"},
		{"a scalar with half a value is unknown", on(`{"status":"success","data":{"resultType":"scalar","result":[1]}}`), dcos.Unknown, "without a value"},
		{"a range is unknown", on(`{"status":"success","data":{"resultType":"matrix","result":[]}}`), dcos.Unknown, "matrix"},
		{"a part of the answer is unknown", on(strings.Replace(vector(zero), `{`, `{"warnings":["store b is away"],`, 1)), dcos.Unknown, "store b is away"},
		{"an error is unknown, in its own words", judgePrometheus(reply{Reply: daemons.Reply{Status: 400, Body: []byte(`{"status":"error","errorType":"bad_data","error":"parse error: unclosed"}`)}}, g, a), dcos.Unknown, "parse error: unclosed"},
		{"another HTTP status is unknown, whatever is in it", judgePrometheus(reply{Reply: daemons.Reply{Status: 503, Body: []byte(vector(zero))}}, g, a), dcos.Unknown, "HTTP 503"},
		{"another status in the answer is unknown", on(strings.Replace(vector(zero), "success", "perhaps", 1)), dcos.Unknown, "perhaps"},
		{"a page to log in on is unknown", on("<html>"), dcos.Unknown, "no answer of Prometheus"},
		{"no answer is unknown", judgePrometheus(reply{err: errTest}, g, a), dcos.Unknown, "refused"},
		{"the zero answer is unknown", judgePrometheus(reply{}, g, a), dcos.Unknown, "HTTP 0"},
	}
}

// A cache that forgets to say so gives itself away by the server's time.
func TestARowOfOneEvaluationNeverHolds(t *testing.T) {
	g := plan.CustomGate{Name: "q", Query: "q", Want: dcos.Comparison{Op: "=="}}
	row := func(at ...int) Verdict {
		var samples []Sample
		for i, ts := range at {
			asked := began.Add(time.Duration(i+1) * 30 * time.Second)
			ans := judgePrometheus(reply{Reply: daemons.Reply{Status: 200, Body: []byte(vector(fmt.Sprintf(`{"metric":{},"value":[%d,"0"]}`, ts)))}}, g, expectation{})
			samples = append(samples, Sample{Asked: asked, Answered: asked, Finding: ans.Finding, Marks: ans.Marks})
		}
		return Judge(samples, plan.GateSpec{Gate: "q", Need: 3, Span: plan.Duration(time.Minute), Every: plan.Duration(30 * time.Second)}, began)
	}
	if v := row(7, 7, 7); v.Holds {
		t.Error("three times the same evaluation holds")
	}
	if v := row(7, 8, 9); !v.Holds {
		t.Errorf("three evaluations do not hold: %+v", v)
	}
}

// The law: an answer that is not accepted has no values, and accepted values
// written as an answer are read as the same.
func FuzzEvaluation(f *testing.F) {
	f.Add([]byte(vector(`{"metric":{"a":"b"},"value":[1.5,"-1e3"]}`, `{"metric":{},"value":[1,"NaN"]}`)))
	f.Add([]byte(`{"status":"success","data":{"resultType":"scalar","result":[1,"0"]}}`))
	f.Add([]byte(vector(`{"metric":{},"value":[1,null]}`)))
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := parseEvaluation(body)
		if err != nil {
			if len(e.values) > 0 || e.at != "" {
				t.Fatalf("%v, and %+v", err, e)
			}
			return
		}
		var samples []string
		for _, m := range e.values {
			value, err := json.Marshal(fmt.Sprint(m.value))
			if err != nil {
				t.Fatal(err)
			}
			samples = append(samples, `{"metric":{},"value":[`+e.at+`,`+string(value)+`]}`)
		}
		again, err := parseEvaluation([]byte(vector(samples...)))
		if err != nil || len(again.values) != len(e.values) || again.at != e.at {
			t.Fatalf("%+v is read as %+v, %v", e, again, err)
		}
		for i, m := range again.values {
			if was := e.values[i].value; m.value != was && m.value == m.value {
				t.Fatalf("%v is read as %v", was, m.value)
			}
		}
	})
}
