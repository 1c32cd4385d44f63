package steps

import (
	"errors"
	"testing"
)

func TestNodesThatFailTogetherAreToldALineEach(t *testing.T) {
	first, second := errors.New("m1: gone"), errors.New("m3: the lock stays")
	err := together(nil, first, nil, second)
	if got, want := err.Error(), "m1: gone\nm3: the lock stays"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if !errors.Is(err, first) || !errors.Is(err, second) {
		t.Error("an error of a node is not found in it")
	}
	if err := together(nil, nil); err != nil {
		t.Errorf("none failed, and it is %v", err)
	}
}
