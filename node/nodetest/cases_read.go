package nodetest

import "github.com/dcos-patch/dcos-patch/dcos"

func surveyCases() []Case {
	return []Case{
		{"an untouched master says what it is", master(), []Step{
			call("survey").
				has("program 1", "role master", "version 2.1.0", "active mesos--1", "active dcos-config--setup_1", "fetched mesos--1").
				lacks("role slave", "midswap", "patch_unit", "receipt", "lock", "epoch", "rehearsal"),
		}},
		{"an agent says its role by the name of its role file", agent(), []Step{
			call("survey").has("role slave").lacks("role master"),
		}},
		{"a public agent too", Node{Role: dcos.PublicAgent, Version: "2.1.0", Active: []string{"mesos--1"}}, []Step{
			call("survey").has("role slave_public"),
		}},
	}
}

// receiptCases are about what a node remembers of an attempt.
func receiptCases() []Case {
	return []Case{
		{"a receipt says who started what, when and from where", agent(), after(launched(),
			call("receipt SHA").has("attempt 1", "run=run-1", "epoch=7", "who=ops@host", "from=2.1.0",
				"unit=dcos-patch-SHA12-1.service", "state running").lacks("exit"),
			end(3, Node{}),
			call("receipt SHA").has("state exit:3"),
			call("receipt "+otherSHA).prints(""),
		)},
		{"a unit that is gone without an exit code is lost", agent(), after(launched(),
			kill(), call("receipt SHA").has("state lost").lacks("exit"),
		)},
		{"a reboot in the middle is lost, though it came before the unit could end", agent(), after(launched(),
			reboot(), call("receipt SHA").has("state lost").lacks("exit"),
		)},
		{"an exit code outlives a reboot", agent(), after(launched(),
			end(0, Node{}), reboot(), call("survey").has("receipt SHA 1 exit:0"),
		)},
		{"libltdl is removed from an agent, and what it was is on record",
			Node{Role: dcos.PrivateAgent, Version: "2.1.0", Active: []string{"mesos--1"}, Libltdl: "words"},
			after(launched(), end(0, Node{}), call("receipt SHA").has("libltdl file "+wordsSHA)),
		},
		{"an agent without libltdl is patched all the same", agent(), after(launched(),
			end(0, Node{}), call("receipt SHA").has("libltdl absent"),
		)},
		{"a master's libltdl is nobody's business", master(), after(launched(),
			end(0, Node{}), call("receipt SHA").has("state exit:0").lacks("libltdl"),
		)},
		{"the output of an attempt that is not there is a failure", agent(), []Step{
			call("output SHA 1 0").exits(1),
			call("output SHA 1 end").exits(1),
			call("output SHA 1 last").exits(64),
		}},
		{"what a failure pack asks for", agent(), after(launched(),
			end(3, Node{}),
			call("log dcos-patch-SHA12-1.service").prints("-- No entries --"),
			call("log").exits(64),
			call("log -x").exits(64),
			call("log --dcos").exits(64),
			call("log a b").exits(64),
			call("resources").begins("# uptime", "# meminfo", "# df -Pk", "Filesystem "),
			call("resources x").exits(64),
		)},
	}
}

// wordsSHA is the SHA-256 of "words".
const wordsSHA = "dba36bffa5cab0f922d087a3aeb179f9d4e745df40b323e1b1471402848c8a3e"

// readinessCases are about what a patch needs besides DC/OS.
func readinessCases() []Case {
	return []Case{
		{"a node says what time it is", agent(), []Step{
			call("clock").begins("clock ").lacks("program"),
			call("clock now").exits(64),
		}},
		{"a node says what a patch finds there", agent(), []Step{
			call("readiness").
				begins("program 1", "tmp_kb ", "packages_kb ", "largest_kb ", "docker active").
				lacks("foreign_unit", "event_subscriber", "http"),
			call("readiness file:///x").exits(64),
			call("readiness http://boot/packages/a http://boot/packages/b").exits(64),
		}},
	}
}
