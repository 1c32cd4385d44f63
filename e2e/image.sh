#!/bin/bash
# Prepares the base image of the end-to-end lab and prints its name.
#
# There is no registry: the image is made from Debian packages with debootstrap
# and imported into the docker engine. Its tag is a hash of this very file, so
# a recipe that has not changed is not built again, and one that has changed is
# never confused with an older image.
set -euo pipefail

suite=bookworm
packages=(
	systemd systemd-sysv dbus       # a real PID 1, systemctl over its bus
	openssh-server sudo             # what dcos-patch talks to
	fish tcsh csh zsh               # login shells that are no POSIX shell
	default-jre-headless libzookeeper-java # a real ZooKeeper
	nginx-light                     # the bootstrap node
	bash curl ca-certificates xz-utils procps iproute2 util-linux
)

main() {
	local hash image
	hash=$(sha256sum "${BASH_SOURCE[0]}" | cut -c1-12)
	image=dcos-patch-e2e-base:$hash
	if ! docker image inspect "$image" >/dev/null 2>&1; then
		build "$image" >&2
	fi
	printf '%s\n' "$image"
}

build() {
	local image=$1
	command -v debootstrap >/dev/null || {
		apt-get update -q
		DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends debootstrap
	}
	# Not local: the trap runs after this function has returned.
	tree=$(mktemp -d "${TMPDIR:-/tmp}/dcos-patch-e2e-base.XXXXXXXX")
	trap 'rm -rf --one-file-system "$tree"' EXIT
	chmod 0755 "$tree"

	local include
	include=$(IFS=,; printf '%s' "${packages[*]}")
	debootstrap --variant=minbase --include="$include" "$suite" "$tree" >"$tree.log" 2>&1 || {
		tail -n 30 "$tree.log"
		rm -f "$tree.log"
		return 1
	}
	rm -f "$tree.log"
	configure "$tree"
	tar -C "$tree" -c . | docker import --change 'CMD ["/sbin/init"]' - "$image"
}

configure() {
	local tree=$1
	rm -rf "$tree"/usr/share/{doc,man,locale,info} "$tree"/var/cache/apt/*.bin "$tree"/var/cache/apt/archives/* "$tree"/var/lib/apt/lists/*

	# Units that a container has no use for, or that differ from run to run.
	local unit
	for unit in getty.target systemd-logind.service systemd-udevd.service systemd-udev-trigger.service \
		systemd-timesyncd.service systemd-resolved.service systemd-networkd.service nginx.service ssh.socket \
		apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer \
		sys-kernel-config.mount sys-kernel-debug.mount sys-kernel-tracing.mount dev-hugepages.mount; do
		ln -sf /dev/null "$tree/etc/systemd/system/$unit"
	done
	ln -sf /lib/systemd/system/multi-user.target "$tree/etc/systemd/system/default.target"

	# Agents need a docker that runs; nothing here starts containers.
	printf '[Unit]\nDescription=Stand-in of docker\n\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n' >"$tree/etc/systemd/system/docker.service"
	install -d "$tree/etc/systemd/system/multi-user.target.wants"
	ln -s ../docker.service "$tree/etc/systemd/system/multi-user.target.wants/docker.service"

	# The login user has a key and password-less sudo, like an operator's.
	chroot "$tree" useradd --create-home --shell /bin/bash --password '*' ops # not locked: sshd refuses those
	install -d -m 0700 -o 1000 -g 1000 "$tree/home/ops/.ssh"
	printf 'ops ALL=(ALL) NOPASSWD: ALL\n' >"$tree/etc/sudoers.d/ops"
	chmod 0440 "$tree/etc/sudoers.d/ops"

	# Keys and identities are made per container, never shared by an image.
	rm -f "$tree"/etc/ssh/ssh_host_*
	: >"$tree/etc/machine-id"
	cat >"$tree/etc/ssh/sshd_config.d/lab.conf" <<-'CONF'
		PasswordAuthentication no
		UsePAM no
		UseDNS no
		MaxStartups 100:30:200
		HostKey /etc/ssh/ssh_host_ed25519_key
	CONF
	install -d "$tree/etc/systemd/system/ssh.service.d"
	cat >"$tree/etc/systemd/system/ssh.service.d/keys.conf" <<-'CONF'
		[Service]
		ExecStartPre=
		ExecStartPre=/bin/sh -c 'test -e /etc/ssh/ssh_host_ed25519_key || ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key'
		ExecStartPre=/usr/sbin/sshd -t
	CONF
	printf '[Journal]\nStorage=volatile\nRuntimeMaxUse=32M\nForwardToConsole=no\n' >"$tree/etc/systemd/journald.conf"
}

main "$@"
