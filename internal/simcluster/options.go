package simcluster

import (
	"fmt"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Systemd is the version that nodes say they run.
type Systemd int

// The versions that suites run with. Systemd219 is CentOS 7 at its worst: units
// have no NRestarts, sudo wants a terminal, and sshd has no SFTP subsystem.
// There is no nc on any simulated node. What the node program asks of systemd
// itself is tried on the program, in package node.
const (
	Systemd247 Systemd = 247
	Systemd219 Systemd = 219
)

// LeastTimeScale is how much shorter delays can be made.
const LeastTimeScale = 0.001

// Options describe a cluster. The zero value is a small cluster without
// faults, in full time.
type Options struct {
	Name            string       // of the cluster; "sim"
	Masters         int          // 3
	Private, Public int          // agents; 0 means none
	Tasks           int          // running tasks per agent; 2 when zero, none when negative
	Seed            uint64       // the same seed gives the same cluster and the same delays
	From, To        dcos.Version // "2.1.0" and "2.1.1"; any from 1.11 to 2.2, and everything is as they have it
	Variant         Variant      // Open
	ExhibitorTLS    bool         // Exhibitor wants client certificates, as new installations of Enterprise from 2.0 on do
	OverlayLog      bool         // masters have the metrics of the overlay's replicated log
	MesosFrom       string       // Mesos version of From; "1.10.0" for 2.1
	MesosTo         string       // Mesos version of To; "1.10.1" for 2.1
	TimeScale       float64      // 0.02 makes every delay fifty times shorter; 1 when zero
	Width           int          // agents in flight that the oracle tolerates; 0: not watched
	User            string       // SSH login; "ops"
	Port            int          // SSH port of every node; 22022, or a free one for ListenAndServe
	Net             int          // third-last byte of the nodes' addresses, 127.NET.x.y; 77
	Systemd         Systemd      // 247
	SudoPassword    string       // what sudo wants on every node, every time; empty: nothing
	Record          bool         // keep every command line, for Heard
	Zones           int          // fault domains over which nodes are spread; 0: none declared
	Faults          Faults
}

func (o Options) withDefaults() (Options, error) {
	def(&o.Name, "sim")
	def(&o.Masters, 3)
	def(&o.Tasks, 2)
	def(&o.From, "2.1.0")
	def(&o.To, "2.1.1")
	def(&o.Variant, Open)
	def(&o.MesosFrom, mesosOf(o.From))
	def(&o.MesosTo, mesosOf(o.To))
	if o.MesosTo == o.MesosFrom {
		o.MesosTo = strings.TrimSuffix(o.MesosFrom, "0") + "1"
	}
	def(&o.TimeScale, 1)
	def(&o.User, "ops")
	def(&o.Net, 77)
	def(&o.Systemd, Systemd247)
	o.Tasks = max(o.Tasks, 0)
	for _, v := range []dcos.Version{o.From, o.To} {
		if _, err := dcos.ParseVersion(string(v)); err != nil {
			return o, err
		}
	}
	switch {
	case mesosOf(o.From) == "" || mesosOf(o.To) == "":
		return o, fmt.Errorf("DC/OS %s to %s: want 1.11 to 2.2", o.From, o.To)
	case o.Variant != Open && o.Variant != Enterprise:
		return o, fmt.Errorf("variant %q: want open or enterprise", o.Variant)
	case o.ExhibitorTLS && (o.Variant != Enterprise || o.From.Compare("2.0.0") < 0):
		return o, fmt.Errorf("%s DC/OS %s has no TLS for Exhibitor", o.Variant, o.From)
	case o.Masters < 1 || o.Masters%2 == 0:
		return o, fmt.Errorf("%d masters: want an odd number", o.Masters)
	case o.Private < 0 || o.Public < 0:
		return o, fmt.Errorf("negative number of agents")
	case !(o.TimeScale >= LeastTimeScale && o.TimeScale <= 1): // which is how NaN is refused, too
		return o, fmt.Errorf("time scale %g: want %g to 1", o.TimeScale, LeastTimeScale)
	case o.Net < 1 || o.Net > 254:
		return o, fmt.Errorf("net %d: want 1 to 254", o.Net)
	}
	return o, nil
}

func def[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}
