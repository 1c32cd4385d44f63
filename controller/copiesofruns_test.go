package controller

import (
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/node"
)

func TestARunThatOneMasterInventsIsNotTheLast(t *testing.T) {
	all := []masterCopies{{master: "m1"}, {master: "m2"}, {master: "m3"}}
	add := func(m int, run string, age int) {
		all[m].files = append(all[m].files, node.RunFile{Run: run, Name: journal.JournalFile, Age: time.Duration(age) * time.Second})
	}
	add(0, "old", 900)
	add(1, "old", 800)
	add(1, "new", 50)
	add(2, "new", 40)
	add(0, "invented", 0)
	for m := range all {
		add(m, "../elsewhere", 0)
	}
	if run := lastChanged(all, 2); run != "new" {
		t.Errorf("%q", run)
	}
	if run := lastChanged([]masterCopies{all[0]}, 2); run != "invented" { // shown, and not believed
		t.Errorf("%q", run)
	}
	if run := lastChanged(nil, 2); run != "" {
		t.Errorf("%q", run)
	}
}
