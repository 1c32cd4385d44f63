package render

import (
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// A master whose swap was cut is not verified before that is finished.
func TestThePreviewTellsOfACutSwap(t *testing.T) {
	v := orchestrator.View{Run: "r", Plan: &plan.Plan{}, First: "m2", Cut: []inventory.NodeName{"m2"},
		Left: []orchestrator.LeftNode{{Node: "m2", Why: "its swap was cut"}}}
	text := Preview(v, Origin{})
	if !strings.Contains(text, "swap   m2 was cut in its swap") || strings.Contains(text, "verified again") || strings.Contains(text, "retry") {
		t.Error(text)
	}
	v.Cut = nil
	if text := Preview(v, Origin{}); !strings.Contains(text, "first  m2 is verified again") || !strings.Contains(text, "retry  m2") {
		t.Error(text)
	}
}
