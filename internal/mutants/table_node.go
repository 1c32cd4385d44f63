package mutants

// nodeMutants edit the node program: what keeps two scripts and two
// controllers apart on the node itself.
func nodeMutants() []Mutant {
	ms := in("node/node.sh",
		Mutant{Name: "the flock is ignored", Old: "\tflock -w 10 9 9>&9\n", New: "\ttrue\n"},
		Mutant{Name: "an old epoch is not refused", Old: "if [ \"$1\" -lt \"${seen:-0}\" ]; then\n\t\trefuse epoch", New: "if false; then\n\t\trefuse epoch"},
		Mutant{Name: "a higher epoch is not remembered", Old: "if [ \"$(first_line \"$DIR/epoch\")\" != \"$1${served:+ $served}\" ]; then\n", New: "if false; then\n"},
		Mutant{Name: "a launch that comes too late is started", Old: "\trefuse_late \"$6\" \"$7\"\n", New: ""},
		Mutant{Name: "a deadline of another boot counts", Old: "[ \"$1\" = \"$(boot_id)\" ] || return 0\n\tup=", New: "up="},
		Mutant{Name: "a unit that begins too late runs the script", Old: "if is_late \"$(started_value \"$1\" \"$2\" boot_id)\"", New: "if false && is_late \"$(started_value \"$1\" \"$2\" boot_id)\""},
		Mutant{Name: "a launch without the run's claim or lock is started", Old: "\twant_claim \"$1\" \"$2\"\n", New: ""},
		Mutant{Name: "a call-off changes nothing", Old: "if [ \"$s\" = unbegun ]; then", New: "if false; then"},
		Mutant{Name: "nothing is made durable", Old: "flush() { ", New: "flush() { return 0; "},
		Mutant{Name: "what is stored is not synced before its rename", Old: "cat >\"$1.tmp.$$\" && flush \"$1.tmp.$$\" && mv -f", New: "cat >\"$1.tmp.$$\" && mv -f"},
		Mutant{Name: "a foreign lock is overwritten", Old: "[ \"$(holder_run \"$holder\")\" = \"$2\" ] || refuse lock \"$holder\"\n\t\tprintf", New: "printf"},
		Mutant{Name: "a foreign lock is given back", Old: "[ -n \"$holder\" ] || return 0\n\t[ \"$(holder_run \"$holder\")\" = \"$2\" ] || refuse lock \"$holder\"\n", New: "[ -n \"$holder\" ] || return 0\n"},
		Mutant{Name: "a second script is started beside a running one", Old: "refuse_attempt \"$3\" \"$4\"\n\trefuse_while_patching\n", New: "refuse_attempt \"$3\" \"$4\"\n"},
		Mutant{Name: "a script is started in the middle of a swap", Old: "if is_midswap; then refuse midswap \"install_progress exists: pkgpanda was cut in the middle of its swap\"; fi\n", New: ""},
		Mutant{Name: "a script is started from any version", Old: "[ \"$found\" = \"$5\" ] || refuse version", New: "[ -n \"$found\" ] || refuse version"},
		Mutant{Name: "a script that is not whole is started", Old: "[ \"$have\" = \"$1\" ] || die \"script $1 is not on the node", New: "[ -n \"$have\" ] || die \"script $1 is not on the node"},
		Mutant{Name: "a further attempt follows one that changed the node", Old: "*) ended_before_swap \"$1\" \"$a\" || refuse receipt \"attempt $a: $s, and it has changed the node\" ;;", New: "*) ;;"},
		Mutant{Name: "a unit begins an attempt twice", Old: "mkdir \"$d/begun\" 2>/dev/null || refuse receipt \"attempt $2 has begun before, or was called off\"", New: "mkdir -p \"$d/begun\""},
		Mutant{Name: "a script has no terminal output file but a pipe", Old: "exec /bin/bash \"$1\" >>\"$2\" 2>&1 </dev/null", New: "exec /bin/bash \"$1\" 2>&1 </dev/null | cat >>\"$2\""},
		Mutant{Name: "pkgpanda inherits a private umask", Old: "\t\tumask 0022\n\t\tunset LC_ALL\n\t\tHOME=/root", New: "\t\tunset LC_ALL\n\t\tHOME=/root"},
		Mutant{Name: "a unit of another boot is the attempt's", Old: "[ \"$(started_value \"$1\" \"$2\" boot_id)\" = \"$(boot_id)\" ] || return 1\n\t[ \"$(started_value \"$1\" \"$2\" pid1_start)\" = \"$(start_ticks 1)\" ] || return 1\n", New: ""},
		Mutant{Name: "a mute systemd means that nothing runs", Old: "all=$(systemctl show -p Id -p ActiveState 'dcos-patch-*.service') || return 1", New: "all=$(systemctl show -p Id -p ActiveState 'dcos-patch-*.service') || all=''"},
		Mutant{Name: "a file is installed outside of our directory", Old: "*/../* | */.. | */ | *\"$NL\"*) usage \"'$3' is not a file below /var/lib/dcos-patch\" ;;\n", New: ""},
		Mutant{Name: "a controller of the cluster before is not refused", Old: "[ \"$verb\" = init ] || refuse epoch", New: "true || refuse epoch"},
		Mutant{Name: "an attempt of another cluster counts", Old: "lost | exit:*) if of_other_cluster \"$1\" \"$a\"; then continue; fi ;;", New: "nothing) ;;"},
		Mutant{Name: "a disk that fails is hidden behind a plain sync", Old: "{ ! sync /dev 2>/dev/null && sync; }; }", New: "sync; }"},
	)
	for i := range ms {
		ms[i].Packages = []string{"./node"}
	}
	return ms
}
