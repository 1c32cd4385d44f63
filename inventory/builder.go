package inventory

import (
	"fmt"
	"strings"
	"time"
)

// builder puts a Cluster together from a document. What can only be judged
// when everything has been read waits in it, with its place.
type builder struct {
	src     source
	cluster *Cluster
	said    Policy // the cluster's own, without defaults

	groups    []*groupPlaces
	names     map[NodeName]taken
	addresses map[string]taken
	total     int // nodes so far
	excluded  []exclusionPlace
	partial   bool // of some entries the names are known and no nodes were made
	broken    bool // some nodes could not be read, so a name may be unknown for that reason only

	gateNames map[string]int // line of each gate's name
	queries   []value        // of gates that ask Prometheus

	problems *Problems
}

// groupPlaces is what a group says, and where.
type groupPlaces struct {
	said     Policy
	spread   *value // nil when not said
	canaries []value
	key      value // the group's name
}

// exclusionPlace is an exclusion and where its node is named.
type exclusionPlace struct {
	Exclusion
	at value
}

func newBuilder(src source, problems *Problems) *builder {
	return &builder{
		src: src, problems: problems,
		cluster:   &Cluster{Source: src.name, SSH: src.defaultSSH()},
		names:     map[NodeName]taken{},
		addresses: map[string]taken{},
		gateNames: map[string]int{},
	}
}

// read walks the whole inventory.
func (b *builder) read(root value) {
	c := b.cluster
	var masters, agents *value // read when ssh.port is known
	root.mapping(fields{
		"version":   version,
		"cluster":   b.readCluster,
		"target":    b.readTarget,
		"ssh":       b.readSSH,
		"security":  b.readSecurity,
		"bootstrap": b.readBootstrap,
		"masters":   func(v value) { masters = &v },
		"agents":    func(v value) { agents = &v },
		"exclude":   b.readExclusions,
		"policy":    readPolicy(&b.said, nil),
		"rehearsal": func(v value) {
			v.mapping(fields{"time_scale": timeScale(&c.Rehearsal.TimeScale)}, "time_scale")
		},
		"prometheus": b.readPrometheus,
		"gates":      b.readGates(&c.Gates),

		"window": notYet,
		"notify": notYet,
	}, "version", "cluster", "masters")
	if masters != nil {
		b.readMasters(*masters)
	}
	if agents != nil {
		b.readAgents(*agents)
	}
}

func version(v value) {
	if s, ok := v.text(); ok && s != "1" {
		v.refuse(fmt.Sprintf("is %q; this program reads version 1", s), "")
	}
}

func (b *builder) readCluster(v value) {
	v.mapping(fields{
		"name": text(&b.cluster.Name, word),
		"id":   text(&b.cluster.ID, word),
	}, "name")
}

func (b *builder) readSecurity(v value) {
	v.mapping(fields{
		"mode": func(v value) {
			s, ok := v.text()
			switch {
			case !ok:
			case s == "permissive" || s == "open":
				b.cluster.Security.Mode = s
			case s == "strict" || s == "disabled":
				v.refuse(s+" is not supported yet", "permissive and open are")
			default:
				v.refuse(fmt.Sprintf("is %q, which is no security mode", s), didYouMean(s, []string{"open", "permissive"}))
			}
		},
		"login": notYet,
	})
}

func (b *builder) readBootstrap(v value) {
	p := &b.cluster.Bootstrap
	v.mapping(fields{
		"address": text(&p.Address, address),
		"url":     text(&p.URL, webAddress),
		"dir":     text(&p.Dir, remoteDir),
	}, "address")
}

func (b *builder) readExclusions(v value) {
	for _, item := range v.items() {
		var x Exclusion
		var name, why string
		at := item
		item.mapping(fields{
			"node": func(v value) {
				at = v
				text(&name, nodeWord)(v)
			},
			"reason": func(v value) {
				text(&why, anything)(v)
				if why != "" && strings.TrimSpace(why) == "" {
					v.refuse("is empty", missingHint("reason"))
				}
			},
			"until": date(&x.Until),
		}, "node", "reason")
		x.Node, x.Reason = NodeName(name), strings.TrimSpace(why)
		if name != "" {
			b.excluded = append(b.excluded, exclusionPlace{Exclusion: x, at: at})
		}
	}
}

func anything(string) (what, hint string) { return "", "" }

// date reads a day.
func date(dst *time.Time) func(value) {
	return func(v value) {
		s, ok := v.text()
		if !ok {
			return
		}
		d, err := time.Parse(time.DateOnly, s)
		if err != nil || d.Year() < 2000 {
			v.refuse(fmt.Sprintf("is %q; a day is wanted", s), "such as 2026-12-01, which is the last day it holds")
			return
		}
		*dst = d
	}
}
