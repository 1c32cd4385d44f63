#!/bin/sh
# The node program of dcos-patch. docs/node-program.md is its contract; the
# words, exit codes and file formats used here are explained there.
#
# Plain POSIX sh, for dash, busybox, ksh and bash alike, on nodes as old as
# CentOS 7 (systemd 219, coreutils 8.22). Besides POSIX it needs util-linux'
# flock, and timeout, sha256sum, readlink and stat -c of coreutils or busybox.
#
# It is often read from standard input (sh -s), which its children would
# otherwise eat: so everything is a function, and the last line calls main
# with /dev/null. A text cut short on its way therefore does nothing at all.

set -u
umask 0077
LC_ALL=C
export LC_ALL
PATH="${PATH:-/usr/bin:/bin}:/usr/sbin:/usr/bin:/sbin:/bin"
export PATH

PROTOCOL=1
ROOT=${DCOS_PATCH_ROOT:-} # for tests only
DIR=$ROOT/var/lib/dcos-patch
OPT=$ROOT/opt/mesosphere
BIN=$OPT/bin
BOOT_ID=$ROOT/proc/sys/kernel/random/boot_id
HOLDING=no # whether we hold the flock

NL='
'

# ---- answers --------------------------------------------------------------

usage() {
	echo "node program: $*" >&2
	exit 64
}

refuse() { # WORD TEXT
	echo "refused: $1: $2" >&2
	exit 70
}

die() {
	echo "$*" >&2
	exit 1
}

# die_unwritten says of a write that has failed how much room there is where it
# was to go: a full disk has many faces.
die_unwritten() { # TEXT PATH...
	text=$1
	shift
	for p in "$@"; do text="$text; $(room "$p")"; done
	die "$text"
}

# room prints what is free where a path is, or will be.
room() { # PATH
	at=$1
	while [ -n "$at" ] && [ ! -e "$at" ]; do at=${at%/*}; done
	kb=$(free_kb "${at:-/}") inodes=$(free_inodes "${at:-/}") at=${at#"$ROOT"}
	echo "${kb:-an unknown number of} kB${inodes:+ and $inodes inodes} are free at ${at:-/}"
}

# is_tight says whether little is free, or nobody knows.
is_tight() { # PATH
	kb=$(free_kb "$1") inodes=$(free_inodes "$1")
	[ "${kb:-0}" -lt 1048576 ] || [ "${inodes:-1000000}" -lt 10000 ]
}

# emit prints one line of a survey, or nothing when the value is unknown.
emit() { # KEY VALUE
	case $2 in
	'' | *"$NL"*) ;;
	*) printf '%s %s\n' "$1" "$2" ;;
	esac
}

# ---- arguments ------------------------------------------------------------

want_args() { # WANTED GIVEN
	[ "$1" -eq "$2" ] || usage "want $1 arguments, got $2"
}

# want_number refuses leading zeros, which the shell would read as octal.
want_number() {
	case $1 in
	'' | 0* | *[!0-9]* | ??????????*) usage "'$1' is not a number from 1 to 999999999" ;;
	esac
}

want_sha256() {
	case $1 in
	*[!0-9a-f]*) usage "'$1' is not a SHA-256" ;;
	esac
	[ ${#1} -eq 64 ] || usage "'$1' is not a SHA-256"
}

want_run() {
	case $1 in
	[!A-Za-z0-9]* | '' | *[!A-Za-z0-9._-]*) usage "'$1' is not the name of a run" ;;
	esac
}

want_version() {
	case $1 in
	'' | *[!A-Za-z0-9._+-]*) usage "'$1' is not a version" ;;
	esac
}

want_unit() {
	case $1 in
	'' | -* | *[!A-Za-z0-9@:_.\\-]*) usage "'$1' is not the name of a unit" ;;
	esac
}

want_boot() {
	case $1 in
	'' | *[!A-Za-z0-9-]*) usage "'$1' is not the id of a boot" ;;
	esac
}

want_package() {
	case $1 in
	-* | .* | '' | *[!A-Za-z0-9@._+:-]*) usage "'$1' is not the id of a package" ;;
	esac
}

want_line() {
	case $1 in
	'' | *"$NL"*) usage "want one line that is not empty" ;;
	esac
}

# ---- facts of the node ----------------------------------------------------

first_line() { # FILE
	if [ -r "$1" ]; then
		line=
		read -r line <"$1" || :
		printf '%s\n' "$line"
	fi
}

# json_string is enough for dcos-version.json: flat, and each key once.
json_string() { # KEY
	sed -n 's/.*"'"$1"'"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p' "$OPT/etc/dcos-version.json" 2>/dev/null
}

version() { json_string version; }

boot_id() { first_line "$BOOT_ID"; }

# uptime prints the seconds since the boot, by the one clock that cannot be set.
uptime() {
	up=$(first_line "$ROOT/proc/uptime")
	up=${up%% *}
	case $up in
	[0-9]*.[0-9]*) ;;
	*) die "/proc/uptime says '$up'" ;;
	esac
	case $up in
	*[!0-9.]* | *.*.*) die "/proc/uptime says '$up'" ;;
	esac
	echo "$up"
}

# is_late says whether the moment up to which a launch is good has passed. An
# uptime of another boot says nothing, and what cannot be read is late.
is_late() { # BOOT_ID UNTIL
	case $2 in
	'' | *[!0-9]*) return 0 ;;
	esac
	[ "$1" = "$(boot_id)" ] || return 0
	up=$(uptime) || return 0
	[ "${up%%.*}" -ge "$2" ]
}

# start_ticks prints field 22 of /proc/PID/stat. The second field, the name of
# the command, may hold blanks and brackets, so count behind its last bracket.
start_ticks() { # PID
	stat=$(first_line "$ROOT/proc/$1/stat" 2>/dev/null)
	# shellcheck disable=SC2086 # the fields are wanted one by one
	set -- ${stat##*) }
	[ $# -ge 20 ] && echo "${20}"
}

active_ids() {
	for link in "$OPT/active"/*; do
		[ -L "$link" ] || continue
		target=$(readlink "$link") && printf '%s\n' "${target##*/}"
	done
}

# active_sum tells two sets of active packages apart: a configuration patch
# does not change the version, so the version alone proves nothing.
active_sum() {
	active_ids | sort | sha256sum | cut -d ' ' -f 1
}

is_agent() {
	[ -e "$ROOT/etc/mesosphere/roles/slave" ] || [ -e "$ROOT/etc/mesosphere/roles/slave_public" ]
}

is_midswap() { [ -e "$OPT/install_progress" ]; }

# What pkgpanda's swap moves, in its order. The wants of dcos.target are elsewhere.
SWAP_NAMES='bin etc include lib dcos.target.wants environment environment.export active active.buildinfo.full.json'
UNITS=$ROOT/etc/systemd/system

swap_path() { # NAME
	case $1 in
	dcos.target.wants) echo "$UNITS/$1" ;;
	*) echo "$OPT/$1" ;;
	esac
}

# there also holds for a link that leads nowhere.
there() { # PATH
	[ -e "$1" ] || [ -L "$1" ]
}

# swap_stage prints archive or move_new, and nothing where install_progress
# cannot be read, or is about another extension than ".new".
swap_stage() {
	progress=$(tr -d ' \t\n' <"$OPT/install_progress" 2>/dev/null)
	case $progress in
	'{"extension":".new","stage":"archive"}' | '{"stage":"archive","extension":".new"}') echo archive ;;
	'{"extension":".new","stage":"move_new"}' | '{"stage":"move_new","extension":".new"}') echo move_new ;;
	esac
}

# target_units prints the units that dcos.target wants, with their unit file in
# place or not.
target_units() {
	for f in "$UNITS/dcos.target.wants"/*; do
		if there "$f"; then printf '%s\n' "${f##*/}"; fi
	done
}

# setup_state prints how the unit is that runs pkgpanda once at boot.
setup_state() {
	shown=$(systemctl show -p LoadState -p ActiveState dcos-setup.service) || return 0
	case $shown in
	*LoadState=not-found*) echo not-found ;;
	*ActiveState=*)
		shown=${shown#*ActiveState=}
		echo "${shown%%"$NL"*}"
		;;
	esac
}

# tell_swap says how far a swap had come that was cut.
tell_swap() {
	is_midswap || return 0
	echo midswap
	emit swap_stage "$(swap_stage)"
	for name in $SWAP_NAMES; do
		there "$(swap_path "$name")" || echo "swap_missing $name"
	done
	target_units | {
		count=0
		while read -r u; do
			if there "$UNITS/$u"; then count=$((count + 1)); fi
		done
		echo "swap_units $count"
	}
	emit swap_setup "$(setup_state)"
}

detect_ip() { timeout 30 "$BIN/detect_ip"; }

# one_line prints a text in one line of at most 200 bytes: what an ip-detect
# script of an operator's says may be anything.
one_line() { # TEXT
	printf '%s' "$1" | head -c 200 | tr -s '[:cntrl:][:space:]' ' '
}

# addresses prints the IPv4 addresses of this machine.
addresses() {
	if shown=$(timeout 10 ip -4 -o addr show 2>/dev/null); then
		printf '%s\n' "$shown" | sed -n 's|.* inet \([0-9.]*\).*|\1|p'
	else
		timeout 10 hostname -I 2>/dev/null | tr ' ' '\n' | sed -n '/^[0-9.]*\.[0-9.]*$/p'
	fi | sort -u
}

# ---- our files ------------------------------------------------------------

# flush makes files durable, or fails. coreutils before 8.24 knows no "sync FILE" and
# either complains or syncs everything: both do. Whether it knows FILEs shows at /dev,
# which no disk is behind: where it does, that it failed is an error of the disk.
flush() { sync "$@" 2>/dev/null || { ! sync /dev 2>/dev/null && sync; }; }

# durably is flush, or the end: what was changed may be gone after a loss of power.
durably() { flush "$@" || die "cannot make $* durable: sync failed; see the kernel's log"; }

# store replaces a file so that it is always whole, and durable afterwards.
store() { # FILE, content on standard input
	cat >"$1.tmp.$$" && flush "$1.tmp.$$" && mv -f "$1.tmp.$$" "$1" && flush "${1%/*}"
}

# take_flock keeps two changes apart, whoever asks for them. File descriptor 9
# holds it as long as we live, and our children unless they close it.
take_flock() {
	mkdir -p "$DIR" || die_unwritten "cannot make $DIR" "$DIR"
	(: >>"$DIR/.flock") || die_unwritten "cannot open $DIR/.flock" "$DIR"
	exec 9>>"$DIR/.flock"
	# Named again in the call, since ksh closes such descriptors for children.
	flock -w 10 9 9>&9
	case $? in
	0) HOLDING=yes ;;
	1) refuse busy "another change is in hand on this node" ;;
	*) die "flock does not work on this node" ;;
	esac
}

# someone_changes says whether anybody holds the flock. Only opens the file:
# a reading verb leaves nothing behind.
someone_changes() {
	[ "$HOLDING" = no ] && [ -e "$DIR/.flock" ] && ! flock -n -s "$DIR/.flock" true
}

# stored_epoch prints the highest epoch seen. The claim was written before it
# and says no less: it stands in for an epoch that a loss of power has damaged.
stored_epoch() {
	[ -e "$DIR/epoch" ] || return 0
	epoch=$(first_line "$DIR/epoch")
	claimed=$(first_line "$DIR/claim")
	for epoch in "${epoch%% *}" "${claimed%% *}"; do
		case $epoch in
		'' | *[!0-9]* | ??????????*) ;;
		*) echo "$epoch" && return ;;
		esac
	done
	die "$DIR/epoch holds '$(first_line "$DIR/epoch")': want a number"
}

# stored_cluster is the cluster that the epoch belongs to; empty when it does not say.
stored_cluster() {
	epoch=$(first_line "$DIR/epoch")
	case ${epoch%% *} in
	'' | *[!0-9]*) ;; # damaged
	"$epoch") ;;
	*) echo "${epoch#* }" ;;
	esac
}

# other_cluster reports whether the epoch belongs to another cluster than the
# caller's. A node may serve one after another, and their epochs say nothing about
# each other. Only init moves a node: a controller of the cluster before is refused.
other_cluster() { # EPOCH RUN
	served=$(stored_cluster)
	if [ -z "$CLUSTER" ] || [ -z "$served" ] || [ "$served" = "$CLUSTER" ]; then return 1; fi
	[ "$verb" = init ] || refuse epoch "epoch $1 of run $2 is of cluster $CLUSTER, the node serves cluster $served now"
}

# claim opens every change but install: takes the flock, and refuses a
# controller that has been superseded.
claim() { # EPOCH RUN
	want_number "$1"
	want_run "$2"
	take_flock
	seen=$(stored_epoch) || exit 1
	if other_cluster "$1" "$2"; then seen=0; fi
	if [ "$1" -lt "${seen:-0}" ]; then
		refuse epoch "epoch $1 of run $2 is over, the node has seen $seen"
	fi
	# The run first: what dies in between leaves a claim that allows no launch.
	if [ "$1" -gt "${seen:-0}" ]; then record_claim "$1" "$2"; fi
	served=${CLUSTER:-$(stored_cluster)}
	if [ "$(first_line "$DIR/epoch")" != "$1${served:+ $served}" ]; then
		echo "$1${served:+ $served}" | store "$DIR/epoch" || die_unwritten "cannot store the epoch" "$DIR"
	fi
}

# record_claim keeps which run has raised the epoch: only that one may launch
# under it.
record_claim() { # EPOCH RUN
	echo "$1 $2" | store "$DIR/claim" || die_unwritten "cannot store the claim" "$DIR"
}

# want_claim refuses a launch of a run that has given the node back, or another
# run's under the same epoch. On a master the run must hold the lock as well.
want_claim() { # EPOCH RUN
	claimed=$(first_line "$DIR/claim")
	[ "$claimed" = "$1 $2" ] || refuse epoch "epoch $1 of run $2 does not have this node: its claim is '$claimed'"
	is_agent || case $(lock_holder) in
	"$1 $2 "?*) ;;
	'') refuse lock "no run holds it" ;;
	*) refuse lock "$(lock_holder)" ;;
	esac
}

# ---- units and receipts ---------------------------------------------------

unit_name() { # SHA256 ATTEMPT
	echo "dcos-patch-$(printf '%.12s' "$1")-$2.service"
}

# patch_units prints "NAME STATE" of every unit of ours that systemd knows.
# "show" with a pattern says nothing about units that are not loaded.
patch_units() {
	all=$(systemctl show -p Id -p ActiveState 'dcos-patch-*.service') || return 1
	id='' state=''
	printf '%s\n\n' "$all" | while IFS= read -r line; do
		case $line in
		Id=*) id=${line#*=} ;;
		ActiveState=*) state=${line#*=} ;;
		'')
			[ -n "$id" ] && [ -n "$state" ] && printf '%s %s\n' "$id" "$state"
			id='' state=''
			;;
		esac
	done
}

# is_alive says whether a state of systemd's means that processes may run.
is_alive() { # STATE
	case $1 in
	inactive | failed) return 1 ;;
	*) return 0 ;;
	esac
}

# running_unit prints a patch unit that has not ended.
running_unit() {
	units=$(patch_units) || die "systemd does not answer"
	printf '%s\n' "$units" | while read -r name state; do
		if [ -n "$name" ] && is_alive "$state"; then
			echo "$name"
			break
		fi
	done
}

refuse_while_patching() {
	running=$(running_unit) || exit 1
	[ -z "$running" ] || refuse busy "$running is running"
}

receipt_dir() { echo "$DIR/receipts/$1/$2"; } # SHA256 ATTEMPT

started_value() { # SHA256 ATTEMPT KEY
	sed -n "s/^$3=//p" "$(receipt_dir "$1" "$2")/started" 2>/dev/null
}

attempts() { # SHA256
	for d in "$DIR/receipts/$1"/*; do
		a=${d##*/}
		case $a in
		*[!0-9]*) ;;
		*) [ -d "$d" ] && echo "$a" ;;
		esac
	done | sort -n
}

# ended prints the script's exit code, or nothing while there is none.
ended() { # SHA256 ATTEMPT
	exit_line=$(first_line "$(receipt_dir "$1" "$2")/exit")
	case ${exit_line%% *} in
	'' | *[!0-9]*) ;;
	*) echo "${exit_line%% *}" ;;
	esac
}

# unit_runs returns 0 for yes, 1 for no, 2 for no answer. A unit of the same
# name in another boot is not the attempt's; containers share the boot id of
# their host, so the start of PID 1 counts too.
unit_runs() { # SHA256 ATTEMPT
	[ "$(started_value "$1" "$2" boot_id)" = "$(boot_id)" ] || return 1
	[ "$(started_value "$1" "$2" pid1_start)" = "$(start_ticks 1)" ] || return 1
	shown=$(systemctl show -p ActiveState "$(unit_name "$1" "$2")") || return 2
	case $shown in
	ActiveState=?*) is_alive "${shown#*=}" ;;
	*) return 2 ;;
	esac
}

# glance prints called-off, exit:CODE, running or none. The exit code is looked
# for again after the unit, which may have ended between the two.
glance() { # SHA256 ATTEMPT
	[ ! -e "$(receipt_dir "$1" "$2")/begun/called-off" ] || { echo called-off && return; }
	code=$(ended "$1" "$2")
	if [ -z "$code" ]; then
		unit_runs "$1" "$2"
		case $? in
		0) echo running && return ;;
		1) code=$(ended "$1" "$2") ;;
		*) die "systemd does not answer" ;;
		esac
	fi
	if [ -n "$code" ]; then echo "exit:$code"; else echo none; fi
}

# state prints the state of an attempt. Lost is a hard word, so it is said only
# when no launch can be on its way from its receipt to its unit; and whoever
# held the flock at the first look may have started the unit by the second.
state() { # SHA256 ATTEMPT
	now=$(glance "$1" "$2") || exit 1
	if [ "$now" = none ] && someone_changes; then
		now=running
	elif [ "$now" = none ]; then
		now=$(glance "$1" "$2") || exit 1
	fi
	if [ "$now" = none ]; then
		if has_begun "$1" "$2"; then now=lost; else now=unbegun; fi
	fi
	echo "$now"
}

# has_begun says whether the script may have run. A unit begins only with its
# receipt: begun without one comes from a call-off that was cut short.
has_begun() { # SHA256 ATTEMPT
	[ -e "$(receipt_dir "$1" "$2")/started" ] && [ -e "$(receipt_dir "$1" "$2")/begun" ]
}

# ---- reading verbs --------------------------------------------------------

verb_survey() {
	want_args 0 $#
	# Asked first, since nothing may be said without them.
	units=$(patch_units) || die "systemd does not answer"
	receipts=$(survey_receipts) || exit 1

	emit program $PROTOCOL
	emit cluster_id "$(first_line "$ROOT/var/lib/dcos/cluster-id")"
	emit ip "$(one_line "$(detect_ip 2>/dev/null)")"
	addresses | while read -r ip; do emit address "$ip"; done
	for f in "$ROOT/etc/mesosphere/roles"/*; do
		case ${f##*/} in
		master | slave | slave_public) emit role "${f##*/}" ;;
		esac
	done
	emit version "$(version)"
	emit variant "$(json_string dcos-variant)"
	active_ids | while read -r id; do emit active "$id"; done
	for d in "$OPT/packages"/*; do
		case $d in
		*_tmp | *'/*' | *[[:space:]]*) ;; # being fetched, none, or no package id
		*) if [ -d "$d" ]; then emit fetched "${d##*/}"; fi ;;
		esac
	done
	tell_swap
	emit master_count "$(first_line "$OPT/etc/master_count")"
	emit systemd "$(systemctl --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p')"
	emit free_kb "$(free_kb "$OPT")"
	emit machine_id "$(first_line "$ROOT/etc/machine-id")"
	emit boot_id "$(boot_id)"
	emit pid1_start "$(start_ticks 1)"
	emit boot_time "$(sed -n 's/^btime //p' "$ROOT/proc/stat" 2>/dev/null)"
	emit active_ctime "$(stat -c %Z "$OPT/active" 2>/dev/null)"
	if [ -e "$ROOT/etc/dcos-patch-rehearsal" ]; then echo rehearsal; fi
	emit epoch "$(stored_epoch)"
	emit epoch_cluster "$(stored_cluster)"
	emit lock "$(lock_holder)"
	emit heartbeat "$(heartbeat)"
	[ -z "$units" ] || printf '%s\n' "$units" | sed 's/^/patch_unit /'
	[ -z "$receipts" ] || printf '%s\n' "$receipts"
}

free_kb() { # PATH
	timeout 5 df -Pk "$1" 2>/dev/null | {
		read -r _ && read -r _ _ _ free _ && echo "$free"
	}
}

# free_inodes prints nothing where a file system has no fixed number of them.
free_inodes() { # PATH
	timeout 5 df -Pi "$1" 2>/dev/null | {
		read -r _ && read -r _ total _ free _ || return 0
		case $total$free in
		0* | *[!0-9]* | '') ;;
		*) echo "$free" ;;
		esac
	}
}

survey_receipts() {
	for d in "$DIR/receipts"/*; do
		[ -d "$d" ] || continue
		for a in $(attempts "${d##*/}"); do
			s=$(state "${d##*/}" "$a") || exit 1
			echo "receipt ${d##*/} $a $s"
		done
	done
}

# verb_next_ip runs the ip-detect script of a fetched package, which will speak
# for this node once the package is active. Without one it says nothing.
verb_next_ip() { # PKGID
	want_args 1 $#
	want_package "$1"
	[ -e "$OPT/packages/$1/bin/detect_ip" ] || return 0
	said=$(timeout 30 "$OPT/packages/$1/bin/detect_ip") || die "the ip-detect script of $1: exit code $?"
	echo "ip $(one_line "$said")"
}

# verb_clock says what time it is here, and nothing that takes time comes before
# it: who asked compares it with the moments of asking and hearing.
verb_clock() {
	want_args 0 $#
	now=$(date +%s%3N) # of GNU; busybox says the format instead
	case $now in
	*[!0-9]* | '' | ???????????????*) die "date tells no milliseconds: '$now'" ;;
	esac
	echo "clock $now"
}

# verb_uptime tells the clock that a launch is limited by. Nothing slow comes
# before it.
verb_uptime() {
	want_args 0 $#
	up=$(uptime) || exit 1
	echo "uptime $up $(boot_id)"
}

# verb_readiness says what a patch needs besides DC/OS itself, and what it
# would take away. URL is a file that the node will have to fetch.
verb_readiness() { # [URL]
	[ $# -eq 0 ] || want_args 1 $#
	case ${1-http://none} in
	http://?* | https://?*) ;;
	*) usage "'$1' is not a URL" ;;
	esac
	emit program $PROTOCOL
	emit tmp_kb "$(free_kb "$ROOT/tmp")"
	package_sizes
	emit docker "$(docker_state)"
	if command -v ipset >/dev/null; then echo ipset; fi
	foreign_units
	foreign_files
	if grep -q -- '--event_subscriber' "$BIN/marathon.sh" 2>/dev/null; then echo event_subscriber; fi
	[ $# -eq 1 ] || return 0
	# A proxy of the environment is pkgpanda's too.
	said=$(curl -sS --head --max-time 15 -o /dev/null -w '%{http_code}' "$1" 2>&1)
	code=$?
	said=${said##*"$NL"} # what curl says comes last; the loader may have warned before
	if [ "$code" -eq 0 ]; then
		emit http "$said"
	else
		emit http_error "curl exit code $code: $said"
	fi
}

# package_sizes prints what the active packages take on the disk, and the
# largest of them: those of the next release are much alike. Nothing, when
# looking takes too long.
package_sizes() {
	sizes=$(timeout 60 nice du -sk "$OPT/active"/*/ 2>/dev/null) || return 0
	printf '%s\n' "$sizes" | {
		total=0 largest=0
		while read -r kb _; do
			total=$((total + kb))
			[ "$kb" -le "$largest" ] || largest=$kb
		done
		echo "packages_kb $total"
		echo "largest_kb $largest"
	}
}

# docker_state prints systemd's word for docker, or "socket" when it is started
# by whoever needs it.
docker_state() {
	shown=$(systemctl show -p ActiveState docker.service) || return 0
	if [ "$shown" = ActiveState=inactive ] && [ "$(systemctl show -p ActiveState docker.socket)" = ActiveState=active ]; then
		shown=ActiveState=socket
	fi
	echo "${shown#ActiveState=}"
}

# foreign_units prints what is wanted by dcos.target and comes from no active
# package: the swap stops and removes it. Without units in the packages, nothing can be said.
foreign_units() {
	set -- "$OPT/active"/*/dcos.target.wants*/*
	[ -e "$1" ] || return 0
	for f in "$ROOT/etc/systemd/system/dcos.target.wants"/*; do
		[ -e "$f" ] || [ -L "$f" ] || continue
		is_packaged "${f##*/}" || emit foreign_unit "${f##*/}"
	done
}

is_packaged() { # UNIT
	for p in "$OPT/active"/*/dcos.target.wants*/"$1"; do
		[ ! -e "$p" ] || return 0
	done
	return 1
}

# foreign_files prints files where the swap leaves nothing but links, and one
# file that pkgpanda writes at every activation (1.11 to 2.2). Losing a cache of
# Python's does no harm. libltdl is DC/OS's, whatever it is: see clear_libltdl.
foreign_files() {
	timeout 30 find "$OPT/bin" "$OPT/etc" "$OPT/lib" "$OPT/include" -type f ! -name 'libltdl.so*' \
		! -path "$OPT/etc/dcos-service-configuration.json" ! -path '*/__pycache__/*' 2>/dev/null |
		head -n 20 | while IFS= read -r f; do emit foreign_file "${f#"$ROOT"}"; done
}

verb_units() {
	if [ "$*" = --dcos ]; then
		set --
		for f in "$ROOT/etc/systemd/system/dcos.target.wants"/*; do
			case $f in
			*.service | *.socket | *.timer) set -- "$@" "${f##*/}" ;;
			esac
		done
		[ $# -gt 0 ] || die "nothing in dcos.target.wants: DC/OS is not active on this node"
	fi
	[ $# -gt 0 ] || usage "want names of units"
	for name in "$@"; do want_unit "$name"; done
	shown=$(systemctl show \
		-p Id,LoadState,ActiveState,SubState,Result,MainPID,NRestarts,ActiveEnterTimestampMonotonic \
		"$@") || die "systemd does not answer"
	printf '%s\n' "$shown" | add_processes
}

# add_processes copies blocks of systemctl show and adds, at the end of each,
# what tells one process from the next: systemd's stamps alone do not outlive
# a reboot.
add_processes() {
	pid=0 block=''
	while IFS= read -r line; do
		if [ -z "$line" ]; then
			end_block
			echo
			continue
		fi
		block=open
		case $line in MainPID=*) pid=${line#*=} ;; esac
		printf '%s\n' "$line"
	done
	end_block
}

end_block() {
	[ -n "$block" ] || return 0
	case $pid in
	0 | '' | *[!0-9]*) ;;
	*)
		ticks=$(start_ticks "$pid") && echo "StartTicks=$ticks"
		exe=$(readlink "$ROOT/proc/$pid/exe") && printf 'Exe=%s\n' "$exe"
		;;
	esac
	echo "BootID=$(boot_id)"
	pid=0 block=''
}

verb_checks() { # TYPE
	want_args 1 $#
	case $1 in
	node-poststart | cluster) ;;
	*) usage "'$1' is not a type of checks" ;;
	esac
	runner=$BIN/dcos-check-runner
	# DC/OS 1.11 has them in dcos-diagnostics, told by the same file as in its
	# own patch script.
	if [ ! -e "$runner" ] && [ -e "$OPT/etc/dcos-diagnostics-runner-config.json" ]; then
		runner=$BIN/dcos-diagnostics
	fi
	answer=$(timeout 60 "$runner" check "$1")
	code=$?
	[ -z "$answer" ] || printf '%s\n' "$answer"
	echo "exit $code"
}

verb_cockroach() {
	want_args 0 $#
	ip=$(detect_ip) || die "detect_ip gave no address"
	security=--insecure
	for certs in "$ROOT/run/dcos/pki/bouncer" "$ROOT/run/dcos/pki/cockroach"; do
		if [ -d "$certs" ]; then
			security=--certs-dir=$certs
			break
		fi
	done
	timeout 60 "$BIN/cockroach" node status --ranges --format=tsv "--host=$ip" "$security" ||
		die "cockroach node status: exit code $?"
}

verb_exhibitor() {
	want_args 0 $#
	tls=$ROOT/var/lib/dcos/exhibitor-tls-artifacts
	set -- http://127.0.0.1:8181/exhibitor/v1/cluster/status
	if [ -e "$tls/client-key.pem" ]; then
		set -- --cacert "$tls/root-cert.pem" --cert "$tls/client-cert.pem" --key "$tls/client-key.pem" \
			https://localhost:8181/exhibitor/v1/cluster/status
	fi
	ask_http exhibitor 30 "$@"
}

# verb_etcd asks this master's etcd for its health, which it finds out by a
# read that takes a quorum. In DC/OS Enterprise it wants the client certificate
# that dcos-etcdctl uses too.
verb_etcd() {
	want_args 0 $#
	ip=$(detect_ip) || die "detect_ip gave no address"
	pki=$ROOT/run/dcos/pki
	set -- "http://$ip:2379/health"
	if [ -e "$pki/tls/private/etcd-client-root.key" ]; then
		set -- --cacert "$pki/CA/ca-bundle.crt" --cert "$pki/tls/certs/etcd-client-root.crt" \
			--key "$pki/tls/private/etcd-client-root.key" "https://$ip:2379/health"
	fi
	ask_http etcd 15 "$@"
}

ask_http() { # WHOM SECONDS CURL-ARGUMENTS...
	whom=$1 patience=$2
	shift 2
	# The code comes behind the body, on a line of its own.
	answer=$(curl -sS --noproxy '*' --max-time "$patience" -w '\n%{http_code}' "$@") ||
		die "$whom did not answer: curl exit code $?"
	printf 'status %s\n%s\n' "${answer##*"$NL"}" "${answer%"$NL"*}"
}

verb_receipt() { # SHA256
	want_args 1 $#
	want_sha256 "$1"
	for a in $(attempts "$1"); do
		d=$(receipt_dir "$1" "$a")
		s=$(state "$1" "$a") || exit 1
		echo "attempt $a"
		[ ! -e "$d/started" ] || cat "$d/started"
		echo "state $s"
		emit libltdl "$(first_line "$d/libltdl")"
		finish=$(first_line "$d/finish")
		emit finish "${finish%% *}"
		# Only what agrees with the state: the script may just have ended.
		case $s in
		exit:*) emit 'exit' "$(first_line "$d/exit")" ;;
		esac
	done
}

verb_output() { # SHA256 ATTEMPT OFFSET|end
	want_args 3 $#
	want_sha256 "$1"
	want_number "$2"
	case $3 in
	0 | end) ;;
	*) want_number "$3" ;;
	esac
	d=$(receipt_dir "$1" "$2")
	[ -d "$d" ] || die "there is no attempt $2 of script $1"
	[ -e "$d/output" ] || return 0
	if [ "$3" = end ]; then
		tail -c 65536 "$d/output"
	else
		tail -c "+$(($3 + 1))" "$d/output" | head -c 65536
	fi
}

# verb_log prints the end of what systemd's journal has of a unit. A journal
# that is damaged or slow must not keep anybody waiting.
verb_log() { # UNIT
	want_args 1 $#
	want_unit "$1"
	command -v journalctl >/dev/null || die "there is no journalctl on this node"
	timeout 8 journalctl --no-pager -o short-iso -n 500 -u "$1" | tail -c 65536
}

# verb_resources prints, for people, what the machine has left. df is asked for
# known places only: a dead network mount elsewhere would hold it.
verb_resources() {
	want_args 0 $#
	for f in uptime loadavg meminfo; do
		echo "# $f"
		cat "$ROOT/proc/$f"
	done
	set --
	for d in "$ROOT/" "$OPT" "$ROOT/var" "$ROOT/var/log" "$ROOT/var/lib/mesos" "$ROOT/tmp"; do
		if [ -d "$d" ]; then set -- "$@" "$d"; fi
	done
	echo "# df -Pk"
	timeout 5 df -Pk "$@"
	echo "# df -Pi"
	timeout 5 df -Pi "$@"
}

# age prints how many seconds ago a file was changed, by this node's clock.
age() { # FILE
	changed=$(stat -c %Y "$1" 2>/dev/null) || return 1
	old=$(($(date +%s) - changed))
	[ "$old" -ge 0 ] || old=0
	echo "$old"
}

# heartbeat prints "EPOCH RUN BEAT AGE".
heartbeat() {
	[ -e "$DIR/heartbeat" ] || return 0
	beat=$(first_line "$DIR/heartbeat")
	case $beat in
	?*' '?*' '?*) old=$(age "$DIR/heartbeat") && printf '%s %s\n' "$beat" "$old" ;;
	esac
}

# is_name is the shape of a run's name and of the names of its files.
is_name() {
	case $1 in
	[!A-Za-z0-9]* | '' | *[!A-Za-z0-9._-]*) return 1 ;;
	esac
}

# our_programs, our_scripts and our_uploads print paths; what does not have the
# very shape of ours is somebody else's.
our_programs() {
	for f in "$DIR/bin"/node-????????????.sh; do
		name=${f##*/node-}
		case ${name%.sh} in
		*[!0-9a-f]*) ;;
		*) if [ -f "$f" ]; then printf '%s\n' "$f"; fi ;;
		esac
	done
}

our_scripts() {
	for f in "$DIR/scripts"/*.sh; do
		name=${f##*/}
		case ${name%.sh} in
		*[!0-9a-f]*) ;;
		*) if [ ${#name} -eq 67 ] && [ -f "$f" ]; then printf '%s\n' "$f"; fi ;;
		esac
	done
}

# our_uploads are private directories of the login user that made this call.
our_uploads() {
	for d in "$ROOT/tmp"/dcos-patch.????????; do
		case ${d##*/dcos-patch.} in
		*[!A-Za-z0-9]*) continue ;;
		esac
		if [ -d "$d" ] && [ ! -L "$d" ] && [ "$(stat -c %u "$d")" = "${SUDO_UID:-$(id -u)}" ]; then
			printf '%s\n' "$d"
		fi
	done
}

verb_ours() {
	want_args 0 $#
	our_programs | while read -r f; do echo "program ${f##*/}"; done
	our_scripts | while read -r f; do
		name=${f##*/}
		echo "script ${name%.sh}"
	done
	for d in "$DIR/runs"/*; do
		{ [ -d "$d" ] && is_name "${d##*/}" && old=$(age "$d"); } || continue
		echo "run ${d##*/} $old"
		for f in "$d"/*; do
			{ [ -f "$f" ] && is_name "${f##*/}" && old=$(age "$f"); } || continue
			echo "file ${d##*/} ${f##*/} $(($(wc -c <"$f"))) $old"
		done
	done
	our_uploads | while read -r d; do
		old=$(age "$d") && echo "upload ${d#"$ROOT"} $old"
	done
}

verb_run() { # RUN FILE OFFSET
	want_args 3 $#
	want_run "$1"
	is_name "$2" || usage "'$2' is not the name of a file"
	[ "$3" = 0 ] || want_number "$3"
	f=$DIR/runs/$1/$2
	[ -f "$f" ] || die "there is no copy of $2 of run $1"
	tail -c "+$(($3 + 1))" "$f" | head -c 1048576
}

# ---- claims ---------------------------------------------------------------

verb_init() { # EPOCH RUN
	want_args 2 $#
	own=$(first_line "$ROOT/var/lib/dcos/cluster-id") # masters have one
	if [ -n "$CLUSTER" ] && [ -n "$own" ] && [ "$own" != "$CLUSTER" ]; then die "this node belongs to cluster $own, and not to $CLUSTER"; fi
	claim "$@"
	claimed=$(first_line "$DIR/claim")
	case $claimed in
	"$1 $2") ;;
	"$1 "*) refuse epoch "epoch $1 is that of run ${claimed#* }, not of run $2" ;;
	*) record_claim "$1" "$2" ;;
	esac
	mkdir -p "$DIR/bin" "$DIR/scripts" "$DIR/receipts" "$DIR/runs/$2" || die_unwritten "cannot make directories below $DIR" "$DIR"
	chmod 0700 "$DIR" || die "cannot close $DIR to others"
	durably "$DIR" "$DIR/runs"
}

verb_install() { # MODE SRC DST
	want_args 3 $#
	case $1 in
	[0-7][0-7][0-7] | 0[0-7][0-7][0-7]) ;;
	*) usage "'$1' is not a mode" ;;
	esac
	case $3 in
	*/../* | */.. | */ | *"$NL"*) usage "'$3' is not a file below /var/lib/dcos-patch" ;;
	/var/lib/dcos-patch/?*) ;;
	*) usage "'$3' is not a file below /var/lib/dcos-patch" ;;
	esac
	src=$ROOT$2 dst=$ROOT$3
	if [ -L "$src" ] || [ ! -f "$src" ]; then die "$2 is not a regular file"; fi
	[ ! -d "$dst" ] || usage "'$3' is a directory"
	take_flock
	mkdir -p "${dst%/*}" || die_unwritten "cannot make ${3%/*}" "$DIR"
	# Made anew, so that it is root's; chmod before the name appears.
	if ! { store "$dst.new" <"$src" && chmod "$1" "$dst.new" && mv -f "$dst.new" "$dst"; }; then
		die_unwritten "cannot install $3" "$DIR"
	fi
	durably "$dst" "${dst%/*}"
}

lock_holder() {
	[ -e "$DIR/lock" ] || return 0
	holder=$(first_line "$DIR/lock")
	case $holder in
	?*' '?*' '?*) printf '%s\n' "$holder" ;;
	*) echo "0 unknown unreadable" ;; # held all the same
	esac
}

holder_run() { # HOLDER
	rest=${1#* }
	printf '%s\n' "${rest%% *}"
}

verb_lock() { # EPOCH RUN OWNER
	want_args 3 $#
	want_line "$3"
	claim "$1" "$2"
	holder=$(lock_holder)
	if [ -n "$holder" ]; then
		[ "$(holder_run "$holder")" = "$2" ] || refuse lock "$holder"
		printf '%s\n' "$*" | store "$DIR/lock" || die_unwritten "cannot write the lock" "$DIR"
		return
	fi
	# A link appears whole and only once, where "set -C" can leave an empty file.
	if ! { printf '%s\n' "$*" | store "$DIR/lock.mine" && ln "$DIR/lock.mine" "$DIR/lock"; }; then
		die_unwritten "cannot write the lock" "$DIR"
	fi
	rm -f "$DIR/lock.mine"
	durably "$DIR"
}

verb_unlock() { # EPOCH RUN
	want_args 2 $#
	claim "$@"
	holder=$(lock_holder)
	[ -n "$holder" ] || return 0
	[ "$(holder_run "$holder")" = "$2" ] || refuse lock "$holder"
	rm -f "$DIR/lock" || die "cannot remove the lock"
	durably "$DIR"
}

# verb_beat says that the controller of the run lives. It decides nothing by
# itself, so it need not outlive a crash of the node.
verb_beat() { # EPOCH RUN BEAT
	want_args 3 $#
	want_number "$3"
	claim "$1" "$2"
	if ! { echo "$1 $2 $3" >"$DIR/heartbeat.tmp.$$" && mv -f "$DIR/heartbeat.tmp.$$" "$DIR/heartbeat"; }; then
		die_unwritten "cannot write the heartbeat" "$DIR"
	fi
}

# verb_copy puts what was uploaded at an offset of a run's file and ends the
# file there: a copy that was cut short is mended by the next one.
verb_copy() { # EPOCH RUN FILE OFFSET SRC
	want_args 5 $#
	is_name "$3" || usage "'$3' is not the name of a file"
	[ "$4" = 0 ] || want_number "$4"
	src=$ROOT$5
	claim "$1" "$2"
	if [ -L "$src" ] || [ ! -f "$src" ]; then die "$5 is not a regular file"; fi
	f=$DIR/runs/$2/$3 have=0
	mkdir -p "$DIR/runs/$2" || die_unwritten "cannot make $DIR/runs/$2" "$DIR"
	if [ -e "$f" ]; then have=$(($(wc -c <"$f"))); fi
	[ "$have" -ge "$4" ] || die "the copy of $3 has $have bytes, and cannot be gone on with at $4"
	if [ "$have" -eq "$4" ]; then
		{ cat "$src" >>"$f" && flush "$f" "${f%/*}"; } || die_unwritten "cannot write the copy of $3" "$DIR"
	else
		{ head -c "$4" "$f" && cat "$src"; } | store "$f" || die_unwritten "cannot write the copy of $3" "$DIR"
	fi
}

# verb_sweep removes what runs have left here, and the lock if RUN holds it.
# Receipts and the epoch stay: they keep a script from being run twice, and an
# old controller out. So does whatever is not of the very shape of ours.
verb_sweep() { # EPOCH RUN
	want_args 2 $#
	claim "$@"
	refuse_while_patching
	holder=$(lock_holder)
	if [ -n "$holder" ] && [ "$(holder_run "$holder")" != "$2" ]; then refuse lock "$holder"; fi
	our_scripts | remove || die "cannot remove the scripts"
	for d in "$DIR/runs"/*; do
		is_name "${d##*/}" || continue
		for name in plan.json journal.jsonl script.sh; do
			if [ -f "$d/$name" ]; then printf '%s\n' "$d/$name"; fi
		done
	done | remove || die "cannot remove the copies of runs"
	leftovers | remove || die "cannot remove temporary files"
	our_programs | remove || die "cannot remove the installed program"
	for d in "$DIR/runs"/* "$DIR/runs" "$DIR/scripts" "$DIR/bin"; do rmdir "$d" 2>/dev/null; done
	rm -f "$DIR/heartbeat" "$DIR/lock" || die "cannot remove the lock"
	durably "$DIR"
	# A unit whose attempt was called off stays listed as failed. Its receipt says why.
	systemctl reset-failed 'dcos-patch-*.service' 2>/dev/null || :
}

# leftovers are files that were being written as their writer died. Nobody
# writes now: we hold the flock.
leftovers() {
	for f in "$DIR"/*.tmp.* "$DIR/lock.mine" "$DIR/bin"/*.sh.new* "$DIR/scripts"/*.sh.new* "$DIR/runs"/*/*.tmp.* "$DIR/runs"/*/*.new* \
		"$DIR/receipts"/*/*/*.tmp.*; do
		if [ -f "$f" ] && [ ! -L "$f" ]; then printf '%s\n' "$f"; fi
	done
}

# remove removes the files named on standard input and prints them.
remove() {
	while read -r f; do
		rm -f "$f" || return 1
		printf 'removed %s\n' "${f#"$ROOT"}"
	done
}

# ---- changes of DC/OS -----------------------------------------------------

verb_fetch() { # EPOCH RUN SHA256 URL PKGID...
	[ $# -ge 5 ] || usage "want EPOCH RUN SHA256 URL PKGID..."
	epoch=$1 run=$2 url=$4
	want_sha256 "$3"
	case $url in
	*[[:space:]]*) usage "'$url' is not an address" ;;
	http://?* | https://?* | file:///?*) ;;
	*) usage "'$url' is not an address" ;;
	esac
	shift 4
	for id in "$@"; do want_package "$id"; done
	claim "$epoch" "$run"
	refuse_while_patching
	set -- "$BIN/dcos-shell" pkgpanda fetch "--repository-url=$url" "$@"
	if command -v ionice >/dev/null; then set -- ionice -c 3 "$@"; fi
	if command -v nice >/dev/null; then set -- nice -n 19 "$@"; fi
	# pkgpanda makes directories that everybody must read. It keeps our flock:
	# if we die with the connection, the node stays busy until pkgpanda ends.
	(umask 0022 && cd / && unset LC_ALL && "$@" 9>&9) >&2
	code=$?
	[ "$code" -ne 0 ] || return 0
	if is_tight "$OPT" || is_tight "$ROOT/tmp"; then die_unwritten "pkgpanda fetch: exit code $code" "$OPT" "$ROOT/tmp"; fi
	die "pkgpanda fetch: exit code $code"
}

# ---- a swap that was cut --------------------------------------------------

# verb_finish_swap finishes a swap of an attempt of ours that pkgpanda left in its
# middle, forward. It needs nothing of /opt/mesosphere, and may itself be cut and
# called again. PKGID... are the packages of the target.
verb_finish_swap() { # EPOCH RUN SHA256 BOOT_ID UNTIL OWNER PKGID...
	[ $# -ge 7 ] || usage "want EPOCH RUN SHA256 BOOT_ID UNTIL OWNER PKGID..."
	epoch=$1 run=$2 sha=$3 boot=$4 until=$5 owner=$6
	want_sha256 "$sha"
	want_boot "$boot"
	want_number "$until"
	want_line "$owner"
	shift 6
	for id in "$@"; do want_package "$id"; done
	claim "$epoch" "$run"
	want_claim "$epoch" "$run"
	refuse_while_patching
	attempt=
	for a in $(attempts "$sha"); do
		s=$(state "$sha" "$a") || exit 1
		case $s in
		exit:* | lost) of_other_cluster "$sha" "$a" || attempt=$a ;;
		called-off) ;;
		*) refuse receipt "attempt $a: $s" ;;
		esac
	done
	[ -n "$attempt" ] || refuse receipt "no attempt of script $sha has run here: the swap is not ours"
	target=$(printf '%s\n' "$@" | sort)
	if is_midswap; then want_new_set; else want_active; fi
	# Last, since all of the above may take a while.
	refuse_late "$boot" "$until"
	record_finish begun
	if is_midswap; then
		if [ "$stage" = archive ]; then archive_old; fi
		move_new
	fi
	{ systemctl daemon-reload && systemctl enable --no-reload dcos.target && systemctl start --no-block dcos.target; } >&2 || die "systemctl: exit code $?"
	record_finish 'done'
}

# record_finish keeps in the receipt that the swap is being finished, and that
# it was.
record_finish() { # WORD
	printf '%s\n' "$1 $(date +%s) $epoch $run $owner" | store "$(receipt_dir "$sha" "$attempt")/finish" || die "cannot write the receipt"
}

# ids_of prints the package ids of a directory of links, sorted.
ids_of() { # DIRECTORY
	for link in "$1"/*; do
		[ -L "$link" ] || continue
		to=$(readlink "$link") && printf '%s\n' "${to##*/}"
	done | sort
}

# want_active refuses unless the target is active already: what is left then is
# to start it.
want_active() {
	[ "$(ids_of "$OPT/active")" = "$target" ] || refuse swap "there is no install_progress, and the active packages are not the target's"
}

# want_new_set sets stage, and refuses unless what waits to be moved is the whole
# set of the target. In the stage archive all of it waits; in move_new each name is
# in place or waits, and never both.
want_new_set() {
	stage=$(swap_stage)
	[ -n "$stage" ] || refuse swap "install_progress cannot be read"
	for name in $SWAP_NAMES; do
		p=$(swap_path "$name")
		if there "$p.new"; then
			[ "$stage" = archive ] || ! there "$p" || refuse swap "in stage $stage there are both ${p#"$ROOT"} and ${p#"$ROOT"}.new"
		elif [ "$stage" = archive ] || ! there "$p"; then
			refuse swap "the new set is not complete: there is no ${p#"$ROOT"}.new"
		fi
	done
	set=$OPT/active.new
	there "$set" || set=$OPT/active
	[ "$(ids_of "$set")" = "$target" ] || refuse swap "the new set is not the target of this plan: ${set#"$ROOT"} has other packages"
	for id in $target; do
		[ -d "$OPT/packages/$id" ] || refuse swap "package $id of the new set is not on the node"
	done
}

# archive_old stops the old set and moves it aside. All units are stopped in one
# call, since a socket would start its service again.
archive_old() {
	set --
	for f in "$UNITS/dcos.target.wants"/*; do
		case ${f##*/} in
		-* | *[!A-Za-z0-9@:_.\\-]*) ;;
		*) if there "$f"; then set -- "$@" "${f##*/}"; fi ;;
		esac
	done
	if [ $# -gt 0 ]; then
		timeout 300 systemctl stop "$@" >&2
		code=$?
		case $code in
		0 | 5) ;; # 5: a unit that is not loaded
		*) die "systemctl stop: exit code $code" ;;
		esac
		for u in "$@"; do rm -f "$UNITS/$u" || die "cannot remove $u"; done
	fi
	for name in $SWAP_NAMES; do
		p=$(swap_path "$name")
		if there "$p" && there "$p.new"; then
			{ rm -rf "$p.old" && mv -f "$p" "$p.old"; } || die "cannot move ${p#"$ROOT"} aside"
		fi
	done
	# As pkgpanda writes it: whoever comes next knows that the old set is gone.
	next=$OPT/install_progress.new
	{ echo '{"extension": ".new", "stage": "move_new"}' >"$next" && flush "$next" && mv -f "$next" "$OPT/install_progress" && flush "$OPT"; } ||
		die "cannot record the stage move_new"
}

# move_new moves what is not in place yet.
move_new() {
	for name in $SWAP_NAMES; do
		p=$(swap_path "$name")
		there "$p" || mv -f "$p.new" "$p" || die "cannot move ${p#"$ROOT"}.new into place"
	done
	for f in "$UNITS"/*.unit.new; do
		if there "$f"; then mv -f "$f" "${f%.unit.new}" || die "cannot move ${f#"$ROOT"} into place"; fi
	done
	sync
	rm -f "$OPT/install_progress" || die "cannot remove install_progress"
	sync
}

# ---- the patch ------------------------------------------------------------

verb_launch() { # EPOCH RUN SHA256 ATTEMPT FROM BOOT_ID UNTIL OWNER
	want_args 8 $#
	want_sha256 "$3"
	want_number "$4"
	want_version "$5"
	want_boot "$6"
	want_number "$7"
	want_line "$8"
	# The unit runs this very file again, later and without us.
	case $0 in
	"$DIR/bin/"?*) ;;
	*) usage "launch is for the installed program, not for $0" ;;
	esac
	claim "$1" "$2"
	want_claim "$1" "$2"
	want_script "$3"
	refuse_attempt "$3" "$4"
	refuse_while_patching
	if is_midswap; then refuse midswap "install_progress exists: pkgpanda was cut in the middle of its swap"; fi
	found=$(version)
	[ "$found" = "$5" ] || refuse version "the node is at '$found', the script starts from $5"
	# Last, since all of the above may take a while.
	refuse_late "$6" "$7"
	record_start "$@"
	start_unit "$3" "$4"
}

refuse_late() { # BOOT_ID UNTIL
	if is_late "$1" "$2"; then
		refuse late "good until $2 s after boot $1; now it is $(uptime 2>&1) s after boot $(boot_id)"
	fi
}

want_script() { # SHA256
	have=$(sha256sum <"$DIR/scripts/$1.sh" | cut -d ' ' -f 1)
	[ "$have" = "$1" ] || die "script $1 is not on the node, or not whole: its SHA-256 is '$have'"
}

# refuse_attempt lets a further attempt through only if every other one is
# known not to have changed the node.
refuse_attempt() { # SHA256 ATTEMPT
	if [ -e "$(receipt_dir "$1" "$2")" ]; then
		s=$(state "$1" "$2") || exit 1
		refuse receipt "attempt $2 exists: $s"
	fi
	for a in $(attempts "$1"); do
		s=$(state "$1" "$a") || exit 1
		case $s in
		lost | exit:*) if of_other_cluster "$1" "$a"; then continue; fi ;;
		esac
		case $s in
		called-off) ;;
		unbegun) call_off "$1" "$a" "another attempt was launched" || refuse receipt "attempt $a has not begun, and cannot be called off" ;;
		lost) ended_before_swap "$1" "$a" || refuse receipt "attempt $a was lost and may have changed the node" ;;
		running | exit:0) refuse receipt "attempt $a: $s" ;;
		*) ended_before_swap "$1" "$a" || refuse receipt "attempt $a: $s, and it has changed the node" ;;
		esac
	done
}

# of_other_cluster reports whether an attempt was another cluster's: this node was
# set up anew since.
of_other_cluster() { # SHA256 ATTEMPT
	by=$(started_value "$1" "$2" cluster)
	[ -n "$CLUSTER" ] && [ -n "$by" ] && [ "$by" != "$CLUSTER" ]
}

# ended_before_swap never believes the exit code alone: code 1 can mean that
# everything was activated, too. A lost attempt has none; pkgpanda writes
# install_progress before it stops or moves anything.
ended_before_swap() { # SHA256 ATTEMPT
	! is_midswap &&
		[ "$(started_value "$1" "$2" from)" = "$(version)" ] &&
		[ "$(started_value "$1" "$2" active_sum)" = "$(active_sum)" ]
}

# call_off makes sure that an attempt which has not begun never will. It and
# _patch both make the directory begun, and mkdir lets one of them through. One
# that was cut short is done again.
call_off() { # SHA256 ATTEMPT REASON
	d=$(receipt_dir "$1" "$2")
	mkdir "$d/begun" 2>/dev/null || ! has_begun "$1" "$2" || return 1
	write_off "$d" "called off before it began: $3"
}

# write_off records why the script was not run. The caller has made begun.
write_off() { # DIRECTORY REASON
	echo "$2" | store "$1/output" &&
		: | store "$1/begun/called-off" &&
		echo "71 $(date +%s)" | store "$1/exit"
}

# verb_call_off fences an attempt whose launch was not answered: if it has not
# begun, it never will, whenever the launch arrives.
verb_call_off() { # EPOCH RUN SHA256 ATTEMPT
	want_args 4 $#
	want_sha256 "$3"
	want_number "$4"
	claim "$1" "$2"
	d=$(receipt_dir "$3" "$4")
	mkdir -p "$d" || die_unwritten "cannot make $d" "$DIR"
	s=$(state "$3" "$4") || exit 1
	if [ "$s" = unbegun ]; then
		call_off "$3" "$4" "run $2, epoch $1, had no answer to its launch" || die_unwritten "cannot call attempt $4 off" "$DIR"
		durably "${d%/*}" "$DIR/receipts"
		s=called-off
	fi
	echo "state $s"
}

record_start() { # EPOCH RUN SHA256 ATTEMPT FROM BOOT_ID UNTIL OWNER
	d=$(receipt_dir "$3" "$4")
	mkdir -p "${d%/*}" || die_unwritten "cannot make ${d%/*}" "$DIR"
	if [ -e "$d" ]; then refuse receipt "attempt $4 exists"; fi
	mkdir "$d" || die_unwritten "cannot make $d" "$DIR"
	{
		echo "run=$2"
		echo "epoch=$1"
		printf 'who=%s\n' "$8"
		echo "at=$(date +%s)"
		echo "boot_id=$6"
		echo "until=$7"
		echo "pid1_start=$(start_ticks 1)"
		echo "unit=$(unit_name "$3" "$4")"
		echo "from=$5"
		echo "active_sum=$(active_sum)"
		if [ -n "$CLUSTER" ]; then echo "cluster=$CLUSTER"; fi
	} | store "$d/started" || die_unwritten "cannot write the receipt" "$DIR"
	durably "${d%/*}" "$DIR/receipts"
}

# start_unit uses only what systemd-run of systemd 219 has. The unit must not
# get our flock. That systemd-run complains is no proof that the unit will not
# start: hence call_off.
start_unit() { # SHA256 ATTEMPT
	name=$(unit_name "$1" "$2")
	systemd-run "--unit=${name%.service}" "--description=dcos-patch: attempt $2 of script $1" \
		/bin/sh "$0" _patch "$1" "$2" >&2 9>&-
	code=$?
	if [ "$code" -ne 0 ] && call_off "$1" "$2" "systemd-run: exit code $code"; then
		die "systemd-run: exit code $code, the attempt has been called off"
	fi
	echo "unit $name"
}

# run_patch, the verb _patch, is what the unit runs. It outlives the connection and the controller,
# so everything it knows goes into the attempt's directory.
run_patch() { # SHA256 ATTEMPT
	want_args 2 $#
	d=$(receipt_dir "$1" "$2")
	[ -e "$d/started" ] || die "there is no attempt $2 of script $1"
	mkdir "$d/begun" 2>/dev/null || refuse receipt "attempt $2 has begun before, or was called off"
	# systemd may have been asked in time, and have been slow.
	if is_late "$(started_value "$1" "$2" boot_id)" "$(started_value "$1" "$2" until)"; then
		write_off "$d" "the unit began too late: the script was not run"
		exit 71
	fi
	: >"$d/output"
	if flush "$d" && cd / && clear_libltdl "$d" >>"$d/output" 2>&1; then
		run_script "$DIR/scripts/$1.sh" "$d/output"
		code=$?
	else
		echo "the node patch script was not run" >>"$d/output"
		code=71
	fi
	record_end "$2" "$code" "$d"
}

# record_end writes down how the script ended. A full disk may have room again in
# a while; until then we count as running. Where nothing can be written, systemd's
# journal of the unit is the only place to say why.
record_end() { # ATTEMPT CODE DIRECTORY
	tries=60
	until echo "$2 $(date +%s)" | store "$3/exit"; do
		[ "$tries" -lt 60 ] || echo "attempt $1 has ended with exit code $2, which cannot be written down in $3: make room on this disk within 10 minutes" >&2
		[ "$tries" -gt 0 ] || die "gives up: how attempt $1 ended, exit code $2, stands nowhere but here"
		tries=$((tries - 1))
		sleep 10
	done
}

# clear_libltdl removes the library from agents, as the documentation of DC/OS
# demands before the script runs, and records what it was.
clear_libltdl() { # DIRECTORY
	is_agent || return 0
	lib=$OPT/lib/libltdl.so.7
	if [ -L "$lib" ]; then
		found="link $(readlink "$lib")"
	elif [ -f "$lib" ]; then
		found="file $(sha256sum <"$lib" | cut -d ' ' -f 1)"
	else
		found=absent
	fi
	printf '%s\n' "$found" | store "$1/libltdl" && rm -f "$lib"
}

# run_script runs the patch as its authors expect: pkgpanda makes directories
# that everybody must read, a tty or an argument would break it, and with
# a pipe for its output our death would be its own in the middle of the swap.
run_script() { # SCRIPT OUTPUT
	(
		umask 0022
		unset LC_ALL
		HOME=/root
		export HOME
		exec /bin/bash "$1" >>"$2" 2>&1 </dev/null
	)
}

# ---------------------------------------------------------------------------

main() {
	CLUSTER=
	if [ "${1-}" = --cluster ]; then
		[ $# -ge 2 ] || usage "want --cluster ID"
		want_run "$2" # it has the same shape
		CLUSTER=$2
		shift 2
	fi
	[ $# -gt 0 ] || usage "want a verb"
	verb=$1
	shift
	case $verb in
	survey) verb_survey "$@" ;;
	clock) verb_clock "$@" ;;
	uptime) verb_uptime "$@" ;;
	readiness) verb_readiness "$@" ;;
	next-ip) verb_next_ip "$@" ;;
	units) verb_units "$@" ;;
	checks) verb_checks "$@" ;;
	cockroach) verb_cockroach "$@" ;;
	exhibitor) verb_exhibitor "$@" ;;
	etcd) verb_etcd "$@" ;;
	receipt) verb_receipt "$@" ;;
	output) verb_output "$@" ;;
	log) verb_log "$@" ;;
	resources) verb_resources "$@" ;;
	ours) verb_ours "$@" ;;
	run) verb_run "$@" ;;
	init) verb_init "$@" ;;
	install) verb_install "$@" ;;
	lock) verb_lock "$@" ;;
	unlock) verb_unlock "$@" ;;
	beat) verb_beat "$@" ;;
	copy) verb_copy "$@" ;;
	sweep) verb_sweep "$@" ;;
	fetch) verb_fetch "$@" ;;
	launch) verb_launch "$@" ;;
	call-off) verb_call_off "$@" ;;
	_patch) run_patch "$@" ;;
	finish-swap) verb_finish_swap "$@" ;;
	*) usage "'$verb' is not a verb" ;;
	esac
}

main "$@" </dev/null
