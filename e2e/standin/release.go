package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/answers"
)

// pkg is one package of a release.
type pkg struct {
	id    string
	files map[string]string // path in the package to content; see program
	bins  []string          // paths that are the stand-in program itself
}

// sha is a made-up hash: of a text, 40 hex digits.
func sha(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:20])
}

// packageID names a package of a release. Packages that are the same in every
// release have the same id in each.
func packageID(name string, v dcos.Version) string {
	switch name {
	case "java", "boost-libs":
		return name + "--" + sha(name)
	case "dcos-config", "dcos-metadata":
		return name + "--setup_" + sha(name+string(v))
	}
	return name + "--" + sha(name+string(v))
}

// release lists the packages of a DC/OS version. As in DC/OS the list is the
// same for every role; what a role does not use stays without its units.
func release(l lab, v dcos.Version) []pkg {
	contents := map[string]func(lab, dcos.Version, string) pkg{
		"boost-libs":    emptyPackage,
		"cockroach":     cockroachPackage,
		"dcos-checks":   checksPackage,
		"dcos-config":   configPackage,
		"dcos-image":    imagePackage,
		"dcos-metadata": metadataPackage,
		"dcos-net":      netPackage,
		"exhibitor":     exhibitorPackage,
		"java":          emptyPackage,
		"mesos":         mesosPackage,
		"telegraf":      telegrafPackage,
	}
	var out []pkg
	for name, of := range contents {
		id := packageID(name, v)
		p := of(l, v, "/opt/mesosphere/packages/"+id)
		p.id = id
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b pkg) int { return strings.Compare(a.id, b.id) })
	return out
}

func emptyPackage(_ lab, v dcos.Version, _ string) pkg {
	return pkg{files: map[string]string{"pkginfo.json": "{}\n"}}
}

// daemonUnit is a service that is restarted forever, as DC/OS's are.
func daemonUnit(l lab, description string, lines ...string) string {
	return fmt.Sprintf("[Unit]\nDescription=%s\nStartLimitIntervalSec=0\n\n[Service]\nRestart=always\nUser=root\n%s\n",
		description, strings.Join(lines, "\n"))
}

// restartSec is a unit's RestartSec in the lab's time.
func restartSec(l lab, seconds float64) string {
	return fmt.Sprintf("RestartSec=%.1f", seconds*l.Scale)
}

func cockroachPackage(l lab, _ dcos.Version, dir string) pkg {
	return pkg{
		bins: []string{"bin/cockroach"},
		files: map[string]string{
			"dcos.target.wants_master/dcos-cockroach.service": daemonUnit(l, "CockroachDB: distributed SQL database", "Type=notify", restartSec(l, 5),
				"ExecStartPre=/opt/mesosphere/bin/bootstrap dcos-cockroach", "ExecStart="+dir+"/bin/cockroach start"),
		},
	}
}

func exhibitorPackage(l lab, _ dcos.Version, dir string) pkg {
	return pkg{
		bins: []string{"bin/exhibitor"},
		files: map[string]string{
			"dcos.target.wants_master/dcos-exhibitor.service": daemonUnit(l, "Exhibitor: Zookeeper Supervisor Service", restartSec(l, 5),
				"ExecStart="+dir+"/bin/exhibitor"),
		},
	}
}

func mesosPackage(l lab, v dcos.Version, dir string) pkg {
	build := answers.Build{Version: "1.10.0", GitSHA: sha("mesos" + string(v))}
	if v == l.To {
		build.Version = "1.10.1"
	}
	text, err := json.Marshal(build)
	if err != nil {
		panic(err) // two strings
	}
	agent := func(description string) string {
		return daemonUnit(l, description, "LimitNOFILE=infinity", restartSec(l, 5), "ExecStart="+dir+"/bin/mesos-agent")
	}
	return pkg{
		bins: []string{"bin/mesos-master", "bin/mesos-agent"},
		files: map[string]string{
			"build.json": string(text) + "\n",
			"dcos.target.wants_master/dcos-mesos-master.service": daemonUnit(l, "Mesos Master: distributed systems kernel", restartSec(l, 15),
				"ExecStartPre=/opt/mesosphere/bin/bootstrap dcos-mesos-master", "ExecStart="+dir+"/bin/mesos-master"),
			"dcos.target.wants_slave/dcos-mesos-slave.service":               agent("Mesos Agent: distributed systems kernel agent"),
			"dcos.target.wants_slave_public/dcos-mesos-slave-public.service": agent("Mesos Agent Public: distributed systems kernel public agent"),
		},
	}
}

func netPackage(l lab, _ dcos.Version, dir string) pkg {
	return pkg{
		bins: []string{"bin/dcos-net"},
		files: map[string]string{
			"dcos.target.wants/dcos-net.service": daemonUnit(l, "DC/OS Net: networking stack", restartSec(l, 5), "ExecStart="+dir+"/bin/dcos-net"),
		},
	}
}

// telegrafPackage has the socket whose loss is a known issue of DC/OS.
func telegrafPackage(l lab, _ dcos.Version, _ string) pkg {
	return pkg{files: map[string]string{
		"dcos.target.wants/dcos-telegraf.socket": "[Unit]\nDescription=Telegraf socket\n\n[Socket]\nListenDatagram=/run/dcos/telegraf/dcos_statsd.sock\n",
		"dcos.target.wants/dcos-telegraf.service": daemonUnit(l, "Telegraf: agent for collecting metrics", restartSec(l, 5),
			"ExecStart="+program+" telegraf"),
	}}
}

func checksPackage(l lab, _ dcos.Version, _ string) pkg {
	return pkg{files: map[string]string{
		"bin/dcos-check-runner": wrapper("dcos-check-runner"),
		"dcos.target.wants/dcos-checks-poststart.service": "[Unit]\nDescription=DC/OS poststart checks\n\n[Service]\nType=oneshot\n" +
			"ExecStart=-/opt/mesosphere/bin/dcos-check-runner check node-poststart\n",
		"dcos.target.wants/dcos-checks-poststart.timer": "[Unit]\nDescription=DC/OS poststart checks timer\n\n[Timer]\nOnActiveSec=20\nOnUnitInactiveSec=60\n",
	}}
}

func configPackage(l lab, _ dcos.Version, _ string) pkg {
	return pkg{files: map[string]string{
		"bin/detect_ip":             "#!/bin/sh\nset -e\nip -4 -o addr show dev eth0 | sed -n 's|.* inet \\([0-9.]*\\)/.*|\\1|p'\n",
		"etc/master_count":          fmt.Sprintf("%d\n", len(l.Masters)),
		"etc/expanded.config.json":  fmt.Sprintf("{\"num_masters\": \"%d\", \"master_discovery\": \"static\", \"exhibitor_storage_backend\": \"static\"}\n", len(l.Masters)),
		"etc/bootstrap-config.json": "{}\n",
	}}
}

func metadataPackage(_ lab, v dcos.Version, _ string) pkg {
	return pkg{files: map[string]string{
		"etc/dcos-version.json": fmt.Sprintf("{\n  \"version\": \"%s\",\n  \"dcos-image-commit\": \"%s\",\n  \"bootstrap-id\": \"%s\",\n  \"dcos-variant\": \"open\"\n}\n",
			v, sha("image"+string(v)), sha("bootstrap"+string(v))),
	}}
}

func imagePackage(_ lab, _ dcos.Version, _ string) pkg {
	return pkg{files: map[string]string{
		"bin/bootstrap":  wrapper("bootstrap"),
		"bin/pkgpanda":   wrapper("pkgpanda"),
		"bin/dcos-shell": "#!/bin/bash\nset -o errexit -o nounset -o pipefail\nsource /opt/mesosphere/environment.export\nexec \"$@\"\n",
	}}
}

// wrapper is a script that runs the stand-in under a name.
func wrapper(name string) string { return "#!/bin/sh\nexec " + program + " " + name + " \"$@\"\n" }

// program is where the lab puts the stand-in on every container.
const program = "/opt/lab/standin"

// write makes the package's directory. Programs are links to the one below
// /opt/lab, so that a node holds it once, and yet each process's executable is
// in its package.
func (p pkg) write(dir string) error {
	for path, text := range p.files {
		mode := os.FileMode(0o644)
		if strings.HasPrefix(path, "bin/") {
			mode = 0o755
		}
		if err := writeFile(filepath.Join(dir, path), text, mode); err != nil {
			return err
		}
	}
	for _, path := range p.bins {
		at := filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return err
		}
		if err := os.Link(program, at); err != nil {
			return err
		}
	}
	return nil
}

// writeFile writes a file and the directories above it.
func writeFile(path, text string, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		return err
	}
	return os.Chmod(path, mode)
}

// installedVersion is what dcos-version.json says.
func installedVersion() dcos.Version {
	var f struct {
		Version dcos.Version `json:"version"`
	}
	b, err := os.ReadFile("/opt/mesosphere/etc/dcos-version.json")
	if err != nil || json.Unmarshal(b, &f) != nil {
		return ""
	}
	return f.Version
}
