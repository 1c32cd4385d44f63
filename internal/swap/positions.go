package swap

// Position is one place at which the real swap was cut, and what was left.
type Position struct {
	At      int    // number of the position
	Before  string // the operation that did not happen any more; empty: right after the first record
	Stage   string // that install_progress tells
	Version string // that dcos-version.json tells: "old", "new", or empty without the file
	Active  string // whose packages are the active ones: "old", "new", or empty without the directory
	Missing string // of the names of the swap
	Setup   string // what pkgpanda setup says, started from outside of /opt/mesosphere; empty: it finishes the swap
	Boot    bool   // dcos-setup.service finishes the swap at boot
}

// The units of the set that was swapped.
const (
	unitExhibitor = "dcos-exhibitor.service"
	unitMaster    = "dcos-mesos-master.service"
)

// Units are those of Positions, old and new.
func Units() []string { return []string{unitExhibitor, unitMaster} }

// Positions are all places with an install_progress, as measured with the
// pkgpanda of DC/OS 2.1 under a real systemd, with two units.
func Positions() []Position {
	const (
		noUnit  = "ERROR: Command '['systemctl', 'stop']' returned non-zero exit status 1."
		noFiles = "ERROR: Unable to swap active packages. Needed file /opt/mesosphere/bin.new doesn't exist."
	)
	return []Position{
		{At: 1, Stage: "archive", Version: "old", Active: "old", Boot: true},
		{At: 2, Before: "systemctl stop dcos-exhibitor.service dcos-mesos-master.service", Stage: "archive", Version: "old", Active: "old", Boot: true},
		{At: 3, Before: "remove /etc/systemd/system/dcos-exhibitor.service", Stage: "archive", Version: "old", Active: "old", Boot: true},
		{At: 4, Before: "remove /etc/systemd/system/dcos-mesos-master.service", Stage: "archive", Version: "old", Active: "old", Boot: true},
		{At: 5, Before: "rename bin bin.old", Stage: "archive", Version: "old", Active: "old", Setup: noUnit},
		{At: 6, Before: "rename etc etc.old", Stage: "archive", Version: "old", Active: "old", Missing: "bin", Setup: noUnit},
		{At: 7, Before: "rename include include.old", Stage: "archive", Active: "old", Missing: "bin etc", Setup: noUnit},
		{At: 8, Before: "rename lib lib.old", Stage: "archive", Active: "old", Missing: "bin etc include", Setup: noUnit},
		{At: 9, Before: "rename /etc/systemd/system/dcos.target.wants /etc/systemd/system/dcos.target.wants.old", Stage: "archive", Active: "old", Missing: "bin etc lib include", Setup: noUnit},
		{At: 10, Before: "rename environment environment.old", Stage: "archive", Active: "old", Missing: "bin etc lib include dcos.target.wants"},
		{At: 11, Before: "rename environment.export environment.export.old", Stage: "archive", Active: "old", Missing: "bin etc lib include environment dcos.target.wants"},
		{At: 12, Before: "rename active active.old", Stage: "archive", Active: "old", Missing: "bin etc lib include environment environment.export dcos.target.wants"},
		{At: 13, Before: "rename active.buildinfo.full.json active.buildinfo.full.json.old", Stage: "archive", Missing: "bin etc lib include active environment environment.export dcos.target.wants"},
		{At: 14, Before: "record stage move_new", Stage: "archive", Missing: "bin etc lib include active environment environment.export active.buildinfo.full.json dcos.target.wants"},
		{At: 15, Before: "rename bin.new bin", Stage: "move_new", Missing: "bin etc lib include active environment environment.export active.buildinfo.full.json dcos.target.wants"},
		{At: 16, Before: "rename etc.new etc", Stage: "move_new", Missing: "etc lib include active environment environment.export active.buildinfo.full.json dcos.target.wants", Setup: noFiles},
		{At: 17, Before: "rename include.new include", Stage: "move_new", Version: "new", Missing: "lib include active environment environment.export active.buildinfo.full.json dcos.target.wants", Setup: noFiles},
		{At: 18, Before: "rename lib.new lib", Stage: "move_new", Version: "new", Missing: "lib active environment environment.export active.buildinfo.full.json dcos.target.wants", Setup: noFiles},
		{At: 19, Before: "rename /etc/systemd/system/dcos.target.wants.new /etc/systemd/system/dcos.target.wants", Stage: "move_new", Version: "new", Missing: "active environment environment.export active.buildinfo.full.json dcos.target.wants", Setup: noFiles},
		{At: 20, Before: "rename environment.new environment", Stage: "move_new", Version: "new", Missing: "active environment environment.export active.buildinfo.full.json", Setup: noFiles},
		{At: 21, Before: "rename environment.export.new environment.export", Stage: "move_new", Version: "new", Missing: "active environment.export active.buildinfo.full.json", Setup: noFiles},
		{At: 22, Before: "rename active.new active", Stage: "move_new", Version: "new", Missing: "active active.buildinfo.full.json", Setup: noFiles},
		{At: 23, Before: "rename active.buildinfo.full.json.new active.buildinfo.full.json", Stage: "move_new", Version: "new", Active: "new", Missing: "active.buildinfo.full.json", Setup: noFiles},
		{At: 24, Before: "remove /etc/systemd/system/dcos-exhibitor.service", Stage: "move_new", Version: "new", Active: "new", Setup: noFiles},
		{At: 25, Before: "remove /etc/systemd/system/dcos-mesos-master.service", Stage: "move_new", Version: "new", Active: "new", Setup: noFiles},
		{At: 26, Before: "rename /etc/systemd/system/dcos-exhibitor.service.unit.new /etc/systemd/system/dcos-exhibitor.service", Stage: "move_new", Version: "new", Active: "new", Setup: noFiles},
		{At: 27, Before: "rename /etc/systemd/system/dcos-mesos-master.service.unit.new /etc/systemd/system/dcos-mesos-master.service", Stage: "move_new", Version: "new", Active: "new", Setup: noFiles},
		{At: 28, Before: "remove install_progress", Stage: "move_new", Version: "new", Active: "new", Setup: noFiles},
	}
}
