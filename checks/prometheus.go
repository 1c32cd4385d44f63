package checks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"

	"github.com/dcos-patch/dcos-patch/plan"
)

// query asks an operator's Prometheus for the value of an expression now, as
// the server's clock has it.
func (a *gateContext) query(ctx context.Context, g plan.CustomGate) reply {
	server, err := url.Parse(g.Server)
	if err != nil {
		return reply{err: err}
	}
	at := server.JoinPath("api", "v1", "query")
	at.RawQuery = url.Values{"query": {a.about(g, g.Query)}}.Encode()
	return a.get(ctx, g, at.String())
}

// measured is one value of an answer, under its labels.
type measured struct {
	labels string
	value  float64
}

// evaluation is what a query came to, at a time of the server's clock.
type evaluation struct {
	at     string
	values []measured
}

// parseEvaluation reads the answer to an instant query. An answer that is not
// whole, or not of numbers, is an error: the decoder would take what is missing
// for 0.
func parseEvaluation(body []byte) (evaluation, error) {
	var r struct {
		Status string `json:"status"`
		Data   struct {
			ResultType model.ValueType `json:"resultType"`
			Result     json.RawMessage `json:"result"`
		} `json:"data"`
		Error    string   `json:"error"`
		Warnings []string `json:"warnings"`
	}
	if err := json.Unmarshal(body, &r); err != nil {
		return evaluation{}, fmt.Errorf("no answer of Prometheus: %w", err)
	}
	switch {
	case r.Error != "":
		return evaluation{}, errors.New(brief(r.Error))
	case r.Status != "success":
		return evaluation{}, fmt.Errorf("status %q", brief(r.Status))
	case len(r.Warnings) > 0:
		return evaluation{}, fmt.Errorf("only a part of the answer: %s", brief(strings.Join(r.Warnings, "; ")))
	}
	switch r.Data.ResultType {
	case model.ValVector:
		return parseVector(r.Data.Result)
	case model.ValScalar:
		return parseScalar(r.Data.Result)
	}
	return evaluation{}, fmt.Errorf("a %s; an instant query gives a vector or a scalar", r.Data.ResultType)
}

// pair is a point as Prometheus writes it: [time, "value"]. The decoder makes
// 0 of whatever it lacks.
type pair []json.RawMessage

func (p pair) whole() bool {
	return len(p) == 2 && len(p[0]) > 0 && strings.IndexByte("-0123456789", p[0][0]) >= 0 && len(p[1]) > 0 && p[1][0] == '"'
}

func parseScalar(b []byte) (evaluation, error) {
	var shape pair
	var s model.Scalar
	if err := json.Unmarshal(b, &shape); err != nil || !shape.whole() {
		return evaluation{}, errors.New("a scalar without a value")
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return evaluation{}, fmt.Errorf("a scalar that cannot be read: %w", err)
	}
	return evaluation{s.Timestamp.String(), []measured{{"", float64(s.Value)}}}, nil
}

func parseVector(b []byte) (evaluation, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return evaluation{}, fmt.Errorf("a vector that cannot be read: %w", err)
	}
	var e evaluation
	for _, r := range raw {
		var shape struct {
			Value pair `json:"value"`
		}
		var s model.Sample
		if err := errors.Join(json.Unmarshal(r, &shape), json.Unmarshal(r, &s)); err != nil {
			return evaluation{}, fmt.Errorf("a sample that cannot be read: %w", err)
		}
		switch {
		case s.Histogram != nil:
			return evaluation{}, fmt.Errorf("%s is a histogram, which is no number", brief(s.Metric.String()))
		case !shape.Value.whole():
			return evaluation{}, errors.New("a sample without a value")
		}
		e.at = s.Timestamp.String()
		e.values = append(e.values, measured{s.Metric.String(), float64(s.Value)})
	}
	return e, nil
}

func judgePrometheus(r reply, g plan.CustomGate, a expectation) Answer {
	q := question{g.Name, a.node.Name, brief(g.Query) + " " + g.Want.String()}
	if r.err != nil {
		return Answer{Finding: q.unknown("%s", words(r.err))}
	}
	e, err := parseEvaluation(r.Body)
	why := r.wrong()
	switch {
	case why != "" && err != nil && r.Status != http.StatusOK:
		return Answer{Finding: q.unknown("HTTP %d: %s", r.Status, words(err))}
	case why != "":
		return Answer{Finding: q.unknown("%s", why)}
	case err != nil:
		return Answer{Finding: q.unknown("%s", words(err))}
	case len(e.values) == 0:
		return Answer{Finding: q.unknown("no value: nothing is measured under that name and those labels")}
	}
	var bad []string
	for _, m := range e.values {
		if !g.Want.Holds(m.value) {
			bad = append(bad, m.String())
		}
	}
	ans := Answer{Marks: map[string]string{"the server's time": e.at}}
	switch {
	case len(bad) > 0 && len(e.values) == 1:
		ans.Finding = q.failed("%s", bad[0])
	case len(bad) > 0:
		ans.Finding = q.failed("%d of %d values: %s", len(bad), len(e.values), some(bad))
	case len(e.values) == 1:
		ans.Finding = q.passed("%s", e.values[0])
	default:
		ans.Finding = q.passed("all of %d values", len(e.values))
	}
	return ans
}

func (m measured) String() string {
	v := strconv.FormatFloat(m.value, 'g', -1, 64)
	if m.labels == "" || m.labels == "{}" {
		return v
	}
	return brief(m.labels) + " " + v
}
