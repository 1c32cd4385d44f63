package dcos_test

import (
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
)

func TestVersionsOfBuildsWithoutAPatchNumberCanBeCompared(t *testing.T) {
	for _, text := range []string{"2.1", "2.1-dev", "1.14-dev.3", "2.2.0-beta1"} {
		if _, err := dcos.ParseVersion(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range []string{"2", "2.1-", "2-1.0", "-2.1", "2.1.0.0", "latest"} {
		if v, err := dcos.ParseVersion(text); err == nil {
			t.Errorf("%s: read as %s", text, v.Minor())
		}
	}
	dev := dcos.Version("2.1-dev")
	if dev.Minor() != "2.1" || dev.Compare("2.1.0") >= 0 || dev.Compare("2.0.6") <= 0 || !dev.NeedsAllMasters() {
		t.Errorf("2.1-dev: minor %q", dev.Minor())
	}
}
