package sshexec_test

import (
	"testing"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

func BenchmarkDial(b *testing.B) {
	l := newLab(b, newKeys(b))
	cfg, target := l.config(), l.target("m1")
	b.ReportAllocs()
	for b.Loop() {
		c, err := sshexec.Dial(b.Context(), target, cfg)
		if err != nil {
			b.Fatal(err)
		}
		c.Close()
	}
}

func BenchmarkRunOnKeptConnection(b *testing.B) {
	l := newLab(b, newKeys(b))
	c, err := sshexec.Dial(b.Context(), l.target("m1"), l.config())
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	cmd := sshexec.Cmd{Argv: []string{"true"}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Run(b.Context(), cmd); err != nil {
			b.Fatal(err)
		}
	}
}
