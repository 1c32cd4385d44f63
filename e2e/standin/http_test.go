package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/answers"
)

// What nobody keeps account of here is refused, and never answered as if it were done.
func TestAnOrderThatIsNotCarriedOutIsRefused(t *testing.T) {
	w := httptest.NewRecorder()
	answer(w, answers.Reply{Status: http.StatusOK, Order: &answers.Order{Call: "DRAIN_AGENT"}})
	if w.Code != http.StatusForbidden || w.Body.String() != "403 Forbidden." {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
