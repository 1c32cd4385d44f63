package simcluster

import (
	"bytes"
	"regexp"
	"strings"
	"text/template"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// ScriptText says what a rendered node patch script is for.
type ScriptText struct {
	From, To   dcos.Version
	Repository string // bootstrap_url
	Packages   []string
	NoBlock    bool // up to 2.1
	Waits      bool // up to 1.11: its checks really ask
}

// RenderScript writes a dcos_node_upgrade.sh for bash: in our own words, with
// the lines that a reader looks for, the order of things and the two quoting
// accidents of the real one from 1.12 on (they make its health checks pass
// always).
func RenderScript(s ScriptText) []byte {
	var b bytes.Buffer
	if err := scriptTemplate().Execute(&b, s); err != nil {
		panic(err) // the template and its data are both constant in shape
	}
	return b.Bytes()
}

func scriptTemplate() *template.Template {
	return template.Must(template.New("script").Funcs(template.FuncMap{"join": strings.Join}).Parse(scriptBody))
}

const scriptBody = `#!/bin/bash
#
# BASH script to upgrade DC/OS on a node
#
# Made by the simulated installer of dcos-patch. It is not a script of D2iQ's.

set -o errexit -o pipefail -o nounset

# shellcheck disable=SC1091
source /opt/mesosphere/environment.export

SKIP_CHECKS=false
VERBOSE=false

show_usage() {
    echo "Usage: dcos_node_upgrade.sh [--skip-checks] [-v|--verbose]"
}

if [ -t 1 ]; then
    colors_supported=$(tput colors)
    if [ -n "$colors_supported" ] && [ "$colors_supported" -ge 8 ]; then
        printf ""
    fi
fi

while (( "$#" )); do
    case "$1" in
        --skip-checks) SKIP_CHECKS=true; shift ;;
        -v|--verbose) VERBOSE=true; shift ;;
        -*) show_usage; echo "Error: Unsupported flag $1" >&2; exit 1 ;;
    esac
done

if [ "$VERBOSE" = true ]; then exec 3>&1; else exec 3>/dev/null; fi

if [ "$EUID" -ne 0 ]; then
    echo "This script must be run as root" >&2
    exit 1
fi

found_version=$(grep '"version"' /opt/mesosphere/etc/dcos-version.json | cut -d'"' -f4)
if [ "$found_version" != "{{.From}}" ]; then
    echo "ERROR: Expecting to upgrade DC/OS from {{.From}} to {{.To}}." \
         "Version found on node: $found_version"
    exit 1
fi

check_cmd=""
if [ -f /opt/mesosphere/bin/dcos-check-runner ]; then
    check_cmd="/opt/mesosphere/bin/dcos-check-runner check"
elif [ -f /opt/mesosphere/etc/dcos-diagnostics-runner-config.json ]; then
    check_cmd="/opt/mesosphere/bin/dcos-diagnostics check"
fi

if [ "$SKIP_CHECKS" = false ] && [ -n "$check_cmd" ]; then
    for check_type in {{if .Waits}}node-poststart cluster{{else}}"node-poststart cluster"{{end}}; do
        if ! output=$($check_cmd $check_type 2>&1); then
            echo "Cannot proceed with upgrade, {{if .Waits}}${check_type%-poststart}{{else}}$check_type{{end}} checks failed"
            echo "$output" >&2
            exit 1
        fi
    done
fi

role=""
role_name=""
if [ -f /etc/mesosphere/roles/master ]; then role=master; role_name="master"
elif [ -f /etc/mesosphere/roles/slave ]; then role=slave; role_name="agent"
elif [ -f /etc/mesosphere/roles/slave_public ]; then role=slave_public; role_name="public agent"
fi
if [ -z "$role" ]; then
    echo "ERROR: Can't determine this node's role. One of master, slave, or slave_public must be present under /etc/mesosphere/roles."
    exit 1
fi

echo "Upgrading DC/OS $role_name {{.From}} -> {{.To}}"

pkgpanda fetch --repository-url={{.Repository}} {{join .Packages " "}} >&3
pkgpanda activate {{if .NoBlock}}--no-block {{end}}{{join .Packages " "}} >&3

if [ "$SKIP_CHECKS" = false ] && [ -n "$check_cmd" ]; then
    T=300
    set +o errexit
{{- if .Waits}}
    until OUT="$($check_cmd node-poststart 2>&1 && $check_cmd cluster 2>&1)" || [[ $T -eq 0 ]]; do
{{- else}}
    cmd="$check_cmd node-poststart && $check_cmd cluster"
    until OUT="$($cmd 2>&1)" || [[ $T -eq 0 ]]; do
{{- end}}
        sleep 1
        let T=T-1
    done
    RETCODE=$?
    if [ $RETCODE -ne 0 ]; then
        echo "Node upgrade not successful, checks failed"
        echo "$OUT" >&2
    fi
    exit $RETCODE
fi
`

// scriptFacts is what the model reads out of a script's text before it plays
// it.
type scriptFacts struct {
	from, to dcos.Version
	packages []string
	noBlock  bool
	waits    bool
}

func readScript(text []byte) (scriptFacts, bool) {
	var f scriptFacts
	m := regexp.MustCompile(`(?m)Expecting to upgrade DC/OS from (\S+) to (\S+)\." \\$`).FindSubmatch(text)
	a := regexp.MustCompile(`(?m)^pkgpanda activate (--no-block )?(.+) >&3$`).FindSubmatch(text)
	if m == nil || a == nil || !bytes.HasPrefix(text, []byte("#!/bin/bash\n")) {
		return f, false
	}
	f.from, f.to = dcos.Version(m[1]), dcos.Version(m[2])
	f.waits = bytes.Contains(text, []byte("for check_type in node-poststart cluster; do"))
	f.noBlock, f.packages = len(a[1]) > 0, strings.Fields(string(a[2]))
	return f, true
}
