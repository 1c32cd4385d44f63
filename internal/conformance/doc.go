// Package conformance is one suite for everything that sshexec connects to in
// tests: the in-process server, the simulated cluster, real OpenSSH in
// containers. What passes here cannot drift apart.
//
// A stand-in needs to know these command lines and no others, as users and
// programs of a real node would see them (ARG is one word, quoted by
// sshexec.Quote; "sudo -n " may be before any of them):
//
//	true                          false
//	echo ARG...                   cat                 (standard input to standard output)
//	sleep SECONDS                 id -u
//	mktemp -d /tmp/dcos-patch.XXXXXXXX
//	sha256sum FILE                ("SUM  FILE"; of a missing file exit code 1 and the name on standard error)
//	rm -rf DIR
//	install -m MODE FILE DST      (DST in a missing directory: exit code 1)
//	tee FILE                      (only when World.NoSFTP is given)
//	echo dcos-patch-greeting      (first on every connection)
//	echo ARG...                   (of a Few, ten at once)
//
// and, only when World.AskSudo is given, "sudo -S -p PROMPT /bin/sh -c SCRIPT sh "
// before any of them: PROMPT and a line read from standard input as often as the
// password is wrong, then "dcos-patch-sudo-begun" on standard error and the command;
// and, only when World.Noisy is, "echo dcos-patch-begin; " before the whole line.
package conformance
