package arch

import (
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/dcos-patch/dcos-patch/"

// local is the import table: a package may import, of ours, only what is
// listed. A package that is not listed is an error, so that adding one is a
// decision (ARCHITECTURE.md says what each is for).
var local = map[string]string{
	"advice":               "",
	"daemons":              "",
	"dcos":                 "",
	"gates":                "dcos",
	"sshexec":              "",
	"inventory":            "dcos gates",
	"mesos":                "dcos internal/fanout",
	"maintenance":          "dcos",
	"maintenance/schedule": "dcos maintenance mesos internal/elapsed",
	"plan":                 "advice dcos gates inventory internal/shorten",
	"journal":              "inventory plan",
	"node":                 "dcos sshexec",
	"node/nodetest":        "dcos node sshexec internal/swap",
	"checks":               "daemons dcos gates inventory mesos node plan sshexec internal/elapsed internal/fanout internal/shorten",
	"steps":                "dcos inventory mesos node plan checks sshexec internal/elapsed internal/shorten",
	"patcher":              "daemons dcos inventory mesos node plan checks sshexec steps internal/fanout",
	"flight":               "dcos inventory plan journal checks",
	"orchestrator":         "advice dcos inventory plan journal internal/elapsed internal/safety internal/shorten",
	"render":               "advice checks dcos inventory maintenance orchestrator plan journal sshexec internal/shorten",
	"pack":                 "dcos inventory node plan journal sshexec flight render internal/fanout",
	"controller":           "advice checks daemons dcos flight inventory journal maintenance mesos node orchestrator pack patcher plan render sshexec steps internal/fanout",
	"controller/console":   "advice controller dcos inventory journal node orchestrator plan render",
	"cmd/dcos-patch":       "*",
	"e2e/standin":          "dcos internal/answers internal/swap",

	"internal/answers":             "dcos",
	"internal/arch":                "",
	"internal/elapsed":             "",
	"internal/elapsed/elapsedtest": "",
	"internal/fault":               "dcos",
	"internal/fanout":              "",
	"internal/forgery":             "",
	"internal/installed":           "",
	"internal/memnet":              "",
	"internal/mutants":             "",
	"internal/replay":              "checks flight plan render",
	"internal/safety":              "",
	"internal/shorten":             "",
	"internal/simcluster":          "dcos inventory plan internal/answers internal/fault internal/memnet internal/safety internal/sshd internal/swap",
	"internal/sshd":                "",
	"internal/swap":                "dcos",
	"internal/conformance":         "sshexec",
	"internal/proof":               "",
	"internal/nodemodel":           "dcos node",
	"internal/prove":               "dcos inventory node plan journal orchestrator steps internal/nodemodel internal/safety",
	"internal/rehearse":            "checks dcos inventory mesos node plan journal orchestrator render sshexec steps internal/fault internal/nodemodel internal/prove internal/safety",
	"internal/bench/hold":          "sshexec",
	"internal/bench":               "*",
}

// pure packages decide, and import nothing that reaches outside, waits or runs beside them.
var pure = map[string]string{"steps": "context io net net/http os sync", "maintenance": "context io net net/http os sync"}

// outside says which of our packages may import a dependency; what is not
// listed may be imported by anybody.
var outside = map[string]string{
	"go.yaml.in/yaml/v3":                 "dcos inventory internal/simcluster cmd/dcos-patch", // dcos: the known issues only
	"golang.org/x/crypto/ssh":            "sshexec internal/sshd internal/simcluster internal/conformance",
	"github.com/pkg/sftp":                "sshexec internal/sshd internal/simcluster internal/conformance",
	"github.com/gofrs/flock":             "controller",
	"github.com/prometheus/common":       "checks",
	"github.com/santhosh-tekuri":         "", // tests only
	"github.com/spf13/cobra":             "cmd/dcos-patch",
	"github.com/go-zookeeper/zk":         "e2e/standin",
	"github.com/hashicorp/go-multierror": "steps",
}

func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		pkg := strings.TrimPrefix(fields[0], module)
		may, known := local[pkg]
		if !known {
			t.Errorf("%s: not in the import table; add it deliberately", pkg)
			continue
		}
		for _, imp := range fields[1:] {
			if listed(pure[pkg], imp) {
				t.Errorf("%s must not import %s: it only decides", pkg, imp)
			}
			if of, ours := strings.CutPrefix(imp, module); ours {
				if may != "*" && !listed(may, of) {
					t.Errorf("%s must not import %s", pkg, of)
				}
				continue
			}
			for dep, users := range outside {
				if (imp == dep || strings.HasPrefix(imp, dep+"/")) && !listed(users, pkg) {
					t.Errorf("%s must not import %s: only %s may", pkg, imp, users)
				}
			}
		}
	}
}

func listed(list, item string) bool {
	return strings.Contains(" "+list+" ", " "+item+" ")
}
