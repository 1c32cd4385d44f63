//go:build e2e

// Package e2e proves dcos-patch on real nodes: seven containers with systemd,
// OpenSSH, ZooKeeper and nginx from Debian packages, and the stand-ins of
// e2e/standin for what cannot be had of DC/OS.
//
// Run it with
//
//	make e2e
//
// which is
//
//	go test -tags e2e -timeout 30m ./e2e/...
//
// which patches once, with a stuck master, a hand-over and one kill. With
// DCOS_PATCH_PROOF=1 (make proof) there are fifty kills, and every other scenario.
//
// It wants Linux, root (for debootstrap), a docker engine that allows
// --cap-add SYS_ADMIN, and a few GB of memory. The first run builds the base image
// with e2e/image.sh in one to two minutes; later runs find it by its hash.
// DCOS_PATCH_E2E_KEEP=1 leaves the lab up and prints how to remove it;
// DCOS_PATCH_E2E_BINARY names a dcos-patch to test instead of building one.
// DCOS_PATCH_KILL_SEED chooses the moments at which controllers are killed, and
// DCOS_PATCH_KILLS=write writes what came of it to docs/kills.md.
//
// Whatever happens, also after Ctrl-C, it leaves nothing but the cached image
// dcos-patch-e2e-base:HASH: containers and network carry the run's own prefix
// and are removed by their exact names.
//
// Delays of DC/OS, and with "rehearsal: {time_scale: 0.1}" the plan's spans, are a
// tenth of the real ones. Scenarios assert from what the nodes say (receipts,
// units' times, versions, processes, the stand-in's own log), never from the
// controller's journal.
package e2e
