package dcos_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/google/go-cmp/cmp"
)

// tsv turns the | of a readable table into tabs.
func tsv(lines ...string) string {
	return strings.ReplaceAll(strings.Join(lines, "\n"), "|", "\t") + "\n"
}

// A cluster in the middle of an upgrade, as CockroachDB 2.1.7 shows it.
var mixed = tsv(
	"id|address|build|started_at|updated_at|is_available|is_live|replicas_leaders|replicas_leaseholders|ranges|ranges_unavailable|ranges_underreplicated",
	"1|172.16.9.1:26257||1970-01-01 00:00:00+00:00|2019-07-11 10:36:41.307531+00:00|true|false|40|40|191|0|0",
	"4|172.16.6.44:26257|v2.1.7|2019-07-11 10:19:33.902568+00:00|2019-07-11 10:36:39.973026+00:00|true|true|33|33|191|0|0",
)

func TestCockroachInTheMiddleOfAnUpgrade(t *testing.T) {
	n := dcos.KnownCount
	want := []dcos.CockroachNode{
		{
			ID: "1", Address: "172.16.9.1:26257", UpdatedAt: time.Date(2019, 7, 11, 10, 36, 41, 307531000, time.UTC),
			Available: dcos.KnownTruth(true), Live: dcos.KnownTruth(false),
			ReplicasLeaders: n(40), ReplicasLeaseholders: n(40), Ranges: n(191), Unavailable: n(0), UnderReplicated: n(0),
		},
		{
			ID: "4", Address: "172.16.6.44:26257", Build: "v2.1.7",
			StartedAt: time.Date(2019, 7, 11, 10, 19, 33, 902568000, time.UTC), UpdatedAt: time.Date(2019, 7, 11, 10, 36, 39, 973026000, time.UTC),
			Available: dcos.KnownTruth(true), Live: dcos.KnownTruth(true),
			ReplicasLeaders: n(33), ReplicasLeaseholders: n(33), Ranges: n(191), Unavailable: n(0), UnderReplicated: n(0),
		},
	}
	got, err := dcos.ParseCockroachStatus([]byte(mixed))
	if err != nil || !cmp.Equal(got, want) {
		t.Fatalf("%v\n%s", err, cmp.Diff(want, got))
	}
	if !got[0].Up().IsTrue() {
		t.Error("the older node is up although it is not live")
	}
}

func TestCockroachOfEveryVersionAndFormat(t *testing.T) {
	for _, c := range []struct {
		name, text string
		available  dcos.Truth
		up         dcos.Truth
	}{
		{
			"1.0 counts first", tsv("1 row", "id|address|build|updated_at|started_at|replicas_leaders|replicas_leaseholders|ranges|ranges_unavailable|ranges_underreplicated",
				"1|10.0.0.1:26257|v1.0|2018-03-08 13:56:10|2018-03-08 10:00:00|5|5|16|0|3"), dcos.Truth{}, dcos.Truth{},
		},
		{
			"1.1 counts last", tsv("id|address|build|updated_at|started_at|replicas_leaders|replicas_leaseholders|ranges|ranges_unavailable|ranges_underreplicated",
				"1|10.0.0.1:26257|v1.1.8|2018-03-08 13:56:10|2018-03-08 10:00:00|5|5|16|0|3", "# 1 row"), dcos.Truth{}, dcos.Truth{},
		},
		{
			"2.0", tsv("id|address|build|updated_at|started_at|is_live|replicas_leaders|replicas_leaseholders|ranges|ranges_unavailable|ranges_underreplicated",
				"1|10.0.0.1:26257|v2.0.7|2018-03-08 13:56:10|2018-03-08 10:00:00|true|5|5|16|0|3"), dcos.Truth{}, dcos.KnownTruth(true),
		},
		{
			"19.1", tsv("id|address|build|started_at|updated_at|locality|is_available|is_live|replicas_leaders|replicas_leaseholders|ranges|ranges_unavailable|ranges_underreplicated",
				"1|10.0.0.1:26257|v19.1.11|2018-03-08 10:00:00+00:00|2018-03-08 13:56:10+00:00||true|true|5|5|16|0|3"), dcos.KnownTruth(true), dcos.KnownTruth(true),
		},
		{
			"20.1 has yet another column, and carriage returns", strings.ReplaceAll(tsv("id|address|sql_address|build|started_at|updated_at|locality|is_available|is_live|replicas_leaders|replicas_leaseholders|ranges|ranges_unavailable|ranges_underreplicated",
				"1|10.0.0.1:26257|10.0.0.1:26257|v20.1|2018-03-08 10:00:00+00:00|2018-03-08 13:56:10+00:00||false|true|5|5|16|0|3"), "\n", "\r\n"), dcos.KnownTruth(false), dcos.KnownTruth(false),
		},
		{
			"csv", "id,address,build,started_at,updated_at,is_available,is_live,replicas_leaders,replicas_leaseholders,ranges,ranges_unavailable,ranges_underreplicated\n" +
				"1,10.0.0.1:26257,\"v2.1.8\",2018-03-08 10:00:00+00:00,2018-03-08 13:56:10+00:00,true,true,5,5,16,0,3\n", dcos.KnownTruth(true), dcos.KnownTruth(true),
		},
		{
			"pretty of 2.0", `
+----+----------------+--------+---------------------+---------------------+---------+------------------+-----------------------+--------+--------------------+------------------------+
| id |    address     | build  |     updated_at      |     started_at      | is_live | replicas_leaders | replicas_leaseholders | ranges | ranges_unavailable | ranges_underreplicated |
+----+----------------+--------+---------------------+---------------------+---------+------------------+-----------------------+--------+--------------------+------------------------+
|  1 | 10.0.0.1:26257 | v2.0.7 | 2018-03-08 13:56:10 | 2018-03-08 10:00:00 | true    |                5 |                     5 |     16 |                  0 |                      3 |
+----+----------------+--------+---------------------+---------------------+---------+------------------+-----------------------+--------+--------------------+------------------------+
(1 row)
`, dcos.Truth{}, dcos.KnownTruth(true),
		},
		{
			"table of 2.1", `  id |    address     | build  |        started_at         |        updated_at         | is_available | is_live | replicas_leaders | replicas_leaseholders | ranges | ranges_unavailable | ranges_underreplicated
+----+----------------+--------+---------------------------+---------------------------+--------------+---------+------------------+-----------------------+--------+--------------------+------------------------+
   1 | 10.0.0.1:26257 | v2.1.8 | 2018-03-08 10:00:00+00:00 | 2018-03-08 13:56:10+00:00 | true         | true    |                5 |                     5 |     16 |                  0 |                      3
(1 row)
`, dcos.KnownTruth(true), dcos.KnownTruth(true),
		},
	} {
		nodes, err := dcos.ParseCockroachStatus([]byte(c.text))
		if err != nil || len(nodes) != 1 {
			t.Errorf("%s: %+v, %v", c.name, nodes, err)
			continue
		}
		n := nodes[0]
		if n.ID != "1" || n.Address != "10.0.0.1:26257" || !n.UnderReplicated.Is(3) || !n.Unavailable.Is(0) || !n.Ranges.Is(16) {
			t.Errorf("%s: %+v", c.name, n)
		}
		if n.UpdatedAt != time.Date(2018, 3, 8, 13, 56, 10, 0, time.UTC) || n.StartedAt != time.Date(2018, 3, 8, 10, 0, 0, 0, time.UTC) {
			t.Errorf("%s: updated %v, started %v", c.name, n.UpdatedAt, n.StartedAt)
		}
		if n.Available != c.available || n.Up() != c.up {
			t.Errorf("%s: available %v, up %v", c.name, n.Available, n.Up())
		}
	}
}

// shapes writes the rows of a table, the header among them, as every version
// and format does.
func shapes(rows [][]string) map[string]string {
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, c := range r {
			widths[i] = max(widths[i], len(c))
		}
	}
	border := func(left, right string) string {
		var parts []string
		for _, w := range widths {
			parts = append(parts, strings.Repeat("-", w+2))
		}
		return left + strings.Join(parts, "+") + right + "\n"
	}
	drawn := func(left, right, top, under, bottom string) string {
		text := top
		for i, r := range rows {
			var cells []string
			for k, c := range r {
				cells = append(cells, fmt.Sprintf(" %-*s ", widths[k], c))
			}
			text += left + strings.Join(cells, "|") + right + "\n"
			if i == 0 {
				text += under
			}
		}
		return text + bottom
	}
	joined := func(by string) string { return strings.ReplaceAll(tsvOf(rows), "\t", by) }
	n := len(rows) - 1
	return map[string]string{
		"tsv":                     joined("\t"),
		"tsv that counts first":   fmt.Sprintf("%d rows\n%s", n, joined("\t")),
		"tsv that counts last":    fmt.Sprintf("%s# %d rows\n", joined("\t"), n),
		"csv":                     joined(","),
		"csv that counts last":    fmt.Sprintf("%s# %d rows\n", joined(","), n),
		"pretty of 1.1 and 2.0":   drawn("|", "|", border("+", "+"), border("+", "+"), border("+", "+")+fmt.Sprintf("(%d rows)\n", n)),
		"table of 2.1":            drawn(" ", "", "", border("+", "+"), fmt.Sprintf("(%d rows)\n", n)),
		"table without corners":   drawn(" ", "", "", border("-", ""), fmt.Sprintf("(%d rows)\n", n)),
		"table that counts not":   drawn(" ", "", "", border("-", ""), ""),
		"table and empty line":    drawn(" ", "", "", border("-", ""), fmt.Sprintf("(%d rows)\n\n", n)),
		"tsv with another's line": joined("\t") + "\n",
	}
}

// The table of a cluster in the middle of an upgrade, with a node that is gone
// (a ghost: NULL where the others have numbers), reads the same in every shape
// that CockroachDB gives it.
func TestCockroachReadsTheSameInEveryShape(t *testing.T) {
	var rows [][]string
	for line := range strings.Lines(mixed) {
		rows = append(rows, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
	}
	rows = append(rows, []string{"7", "172.16.9.9:26257", "v2.1.7", "2019-07-01 10:19:33.902568+00:00", "2019-07-02 10:36:39.973026+00:00", "false", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL"})
	want, err := dcos.ParseCockroachStatus([]byte(tsvOf(rows)))
	if err != nil || len(want) != 3 || want[2].Ranges.Known || want[2].Up().IsTrue() || want[0].Build != "" {
		t.Fatalf("%+v, %v", want, err)
	}
	for name, text := range shapes(rows) {
		got, err := dcos.ParseCockroachStatus([]byte(text))
		if err != nil || !cmp.Equal(got, want) {
			t.Errorf("%s: %v\n%s\n%s", name, err, text, cmp.Diff(want, got))
		}
	}
}

func tsvOf(rows [][]string) string {
	text := ""
	for _, r := range rows {
		text += strings.Join(r, "\t") + "\n"
	}
	return text
}

func TestCockroachNullAndNothingAreUnknown(t *testing.T) {
	for _, hole := range []string{"NULL", ""} {
		text := strings.Replace(mixed, "true\tfalse\t40\t40\t191\t0\t0", strings.TrimSuffix(strings.Repeat(hole+"\t", 7), "\t"), 1)
		nodes, err := dcos.ParseCockroachStatus([]byte(text))
		if err != nil {
			t.Fatalf("%q: %v", hole, err)
		}
		n := nodes[0]
		if n.UnderReplicated.Known || n.Unavailable.Known || n.Ranges.Known || n.Up().Known || n.UnderReplicated.Is(0) {
			t.Errorf("%q is taken for an answer: %+v", hole, n)
		}
	}
}

func TestCockroachTablesThatCannotBeTrusted(t *testing.T) {
	for _, c := range []struct{ name, text, says string }{
		{"nothing", "", "an empty answer"},
		{"an error", "Error: rpc error: code = Unknown desc = unable to get liveness for 7: node not in the liveness table\n", "liveness"},
		{"without --ranges", tsv("id|address|build|started_at|updated_at", "1|a|b|2018-03-08 10:00:00|2018-03-08 10:00:00"), "column replicas_leaders is missing"},
		{"fewer rows than it counts", mixed + "# 3 rows\n", "counts 3 rows and has 2"},
		{"a row cut off", mixed[:len(mixed)-6], "columns"},
		{"a number in words", strings.Replace(mixed, "\t0\t0\n", "\t0\tmany\n", 1), "ranges_underreplicated"},
		{"a negative number", strings.Replace(mixed, "\t0\t0\n", "\t0\t-1\n", 1), "ranges_underreplicated"},
		{"a truth in other words", strings.Replace(mixed, "true\tfalse", "yes\tfalse", 1), "is_available"},
		{"a time that is none", strings.Replace(mixed, "1970-01-01", "1970-13-01", 1), "started_at"},
		{"no id", strings.Replace(mixed, "\n1\t", "\n\t", 1), "id is empty"},
		{"a node twice", strings.Replace(mixed, "\n4\t", "\n1\t", 1), "listed twice"},
		{"a column twice", strings.Replace(mixed, "is_live", "is_available", 1), "twice"},
	} {
		if nodes, err := dcos.ParseCockroachStatus([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %+v, %v, want an error with %q", c.name, nodes, err, c.says)
		}
	}
	header, _, _ := strings.Cut(mixed, "\n")
	if nodes, err := dcos.ParseCockroachStatus([]byte(header + "\n")); err != nil || nodes == nil || len(nodes) != 0 {
		t.Errorf("no rows: %v, %v", nodes, err)
	}
}
