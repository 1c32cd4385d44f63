package dcos_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/google/go-cmp/cmp"
)

// patchScript has the lines of a real node patch script that say what it does,
// in their places.
const patchScript = `#!/bin/bash
#
# BASH script to upgrade DC/OS on a node
#
set -o errexit -o nounset -o pipefail
source /opt/mesosphere/environment.export
found_version=$(grep "version" /opt/mesosphere/etc/dcos-version.json | cut -d '"' -f 4)
if [ "$found_version" != "2.1.0" ]; then
    echo "ERROR: Expecting to upgrade DC/OS from 2.1.0 to 2.1.1." \
         "Version found on node: $found_version"
    exit 1
fi
echo "Upgrading DC/OS $role_name 2.1.0 -> 2.1.1"
pkgpanda fetch --repository-url=http://10.20.0.5:8080 mesos--1a2b dcos-config--setup_9f8e dcos-metadata--setup_9f8e >&3
pkgpanda activate --no-block dcos-config--setup_9f8e mesos--1a2b dcos-metadata--setup_9f8e >&3
`

func TestAPatchScriptSaysWhatItDoes(t *testing.T) {
	sum := sha256.Sum256([]byte(patchScript))
	want := dcos.Script{
		SHA256: hex.EncodeToString(sum[:]), From: "2.1.0", To: "2.1.1", Repository: "http://10.20.0.5:8080", NoBlock: true,
		Packages: []string{"dcos-config--setup_9f8e", "dcos-metadata--setup_9f8e", "mesos--1a2b"},
	}
	got, err := dcos.ParseScript([]byte(patchScript))
	if err != nil || !cmp.Equal(got, want) {
		t.Errorf("%v\n%s", err, cmp.Diff(want, got))
	}
}

func TestPatchScriptsOfOtherReleases(t *testing.T) {
	for _, c := range []struct {
		name, old, new string
		check          func(dcos.Script) bool
	}{
		{"2.2 waits for the units", "--no-block ", "", func(s dcos.Script) bool { return !s.NoBlock }},
		{"1.10 throws the output away", ">&3", "> /dev/null", func(s dcos.Script) bool { return len(s.Packages) == 3 }},
		{"a repository in the file system", "http://10.20.0.5:8080", "file:///opt/genconf/serve", func(s dcos.Script) bool { return s.Repository == "file:///opt/genconf/serve" }},
		{"a configuration patch", "2.1.1", "2.1.0", func(s dcos.Script) bool { return s.From == s.To }},
		{"both texts on one line", "\" \\\n", "\" ", func(s dcos.Script) bool { return s.To == "2.1.1" }},
		{"an empty first line", "#!/bin/bash\n", "\n#!/bin/bash\n", func(s dcos.Script) bool { return s.From == "2.1.0" }},
		{"a package named twice", "mesos--1a2b", "mesos--1a2b mesos--1a2b", func(s dcos.Script) bool { return len(s.Packages) == 3 }},
	} {
		s, err := dcos.ParseScript([]byte(strings.ReplaceAll(patchScript, c.old, c.new)))
		if err != nil || !c.check(s) {
			t.Errorf("%s: %+v, %v", c.name, s, err)
		}
	}
}

func TestWhatIsNotAPatchScriptIsNamed(t *testing.T) {
	activate := strings.Index(patchScript, "pkgpanda activate")
	for _, c := range []struct{ name, text, says string }{
		{"nothing", "", "an empty answer"},
		{"a web server's page", "<html>\n<head><title>404 Not Found</title></head></html>", "an HTML page: 404 Not Found"},
		{"a page without a title", "<!DOCTYPE html>\n<p>", "an HTML page: without a title"},
		{"another script", "#!/bin/bash\necho hello\n", "not one but"},
		{"a binary", "\x7fELF\x02\x01", "not one but"},
		{"cut off before the activate line", patchScript[:activate], "no pkgpanda activate line: cut off"},
		{"cut off in the activate line", patchScript[:activate+60], "no pkgpanda activate line"},
		{"no versions", strings.Replace(patchScript, "Expecting to", "expecting to", 1), "compares the installed version"},
		{"two fetch lines", patchScript + "pkgpanda fetch --repository-url=http://b mesos--1a2b >&3\n", "more than one pkgpanda fetch line"},
		{"fetches more than it activates", strings.Replace(patchScript, "mesos--1a2b dcos-config", "mesos--1a2b extra--1 dcos-config", 1), "extra--1 is fetched or activated, not both"},
		{"activates what it does not fetch", strings.Replace(patchScript, "activate --no-block", "activate --no-block extra--1", 1), "extra--1"},
		{"a shell metacharacter in a package", strings.ReplaceAll(patchScript, "mesos--1a2b", "mesos--1a2b;reboot"), "is not a package id"},
		{"a version that is none", strings.Replace(patchScript, "from 2.1.0", "from two", 1), "from-version"},
		{"a repository that is none", strings.Replace(patchScript, "http://10.20.0.5:8080", "10.20.0.5", 1), "repository URL"},
	} {
		s, err := dcos.ParseScript([]byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %+v, error %v, want one with %q", c.name, s, err, c.says)
		}
	}
}

func TestSetsOfPackages(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b []string
		same bool
	}{
		{"order does not matter", []string{"a--1", "b--1"}, []string{"b--1", "a--1"}, true},
		{"nor repetition", []string{"a--1", "a--1"}, []string{"a--1"}, true},
		{"two empty lists", nil, []string{}, true},
		{"one more", []string{"a--1", "b--1"}, []string{"a--1"}, false},
		{"another build", []string{"a--1"}, []string{"a--2"}, false},
		{"nothing is not everything", nil, []string{"a--1"}, false},
	} {
		if dcos.SamePackages(c.a, c.b) != c.same || dcos.SamePackages(c.b, c.a) != c.same {
			t.Errorf("%s: %v and %v", c.name, c.a, c.b)
		}
	}
}
