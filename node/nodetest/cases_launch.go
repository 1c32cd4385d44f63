package nodetest

// launchCases are about the first attempt of a script.
func launchCases() []Case {
	return []Case{
		{"a launched script runs, and its end is on record", agent(), after(launched(),
			call("survey").has("receipt SHA 1 running", "patch_unit dcos-patch-SHA12-1.service active"),
			end(0, Node{Version: "2.1.1", Active: []string{"mesos--2"}}),
			call("survey").has("receipt SHA 1 exit:0", "version 2.1.1", "active mesos--2").lacks("patch_unit", "active mesos--1"),
		)},
		{"a repeated launch is refused by receipt while the script runs, and after", agent(), after(launched(),
			call("launch 7 run-1 SHA 1 2.1.0 BOOT SOON ops@host").refused("receipt"),
			end(1, Node{}),
			call("launch 7 run-1 SHA 1 2.1.0 BOOT SOON ops@host").refused("receipt"),
		)},
		{"a launch from another version is refused", agent(), []Step{
			call("init 7 run-1"),
			call("launch 7 run-1 SHA 1 2.0.9 BOOT SOON ops@host").refused("version"),
			call("receipt SHA").prints(""),
		}},
		{"an attempt of another cluster that is over does not count", agent(), []Step{
			call("--cluster c1 init 7 run-1"),
			call("--cluster c1 launch 7 run-1 SHA 1 2.1.0 BOOT SOON ops@host").prints("unit dcos-patch-SHA12-1.service"),
			call("--cluster c2 init 1 run-2"),
			call("--cluster c2 launch 1 run-2 SHA 2 2.1.0 BOOT SOON ops@host").refused("receipt"), // it runs
			end(0, Node{Version: "2.1.1", Active: []string{"mesos--2"}}),
			set(agent()), // set up again
			call("receipt SHA").has("cluster=c1", "state exit:0"),
			call("--cluster c2 launch 1 run-2 SHA 1 2.1.0 BOOT SOON ops@host").refused("receipt"),
			call("--cluster c2 launch 1 run-2 SHA 2 2.1.0 BOOT SOON ops@host").prints("unit dcos-patch-SHA12-2.service"),
		}},
		{"an attempt of the same cluster counts", agent(), []Step{
			call("--cluster c1 init 7 run-1"),
			call("--cluster c1 launch 7 run-1 SHA 1 2.1.0 BOOT SOON ops@host").prints("unit dcos-patch-SHA12-1.service"),
			end(0, Node{Version: "2.1.1", Active: []string{"mesos--2"}}),
			set(agent()),
			call("--cluster c1 launch 7 run-1 SHA 2 2.1.0 BOOT SOON ops@host").refused("receipt"),
		}},
		{"a launch in the middle of a swap is refused", agent(), []Step{
			call("init 7 run-1"),
			set(Node{MidSwap: true}),
			call("survey").has("midswap"),
			call("launch 7 run-1 SHA 1 2.1.0 BOOT SOON ops@host").refused("midswap"),
			call("receipt SHA").prints(""),
		}},
		{"a launch of a script that is not there fails", agent(), []Step{
			call("init 7 run-1"),
			call("launch 7 run-1 " + otherSHA + " 1 2.1.0 BOOT SOON ops@host").exits(1),
			call("survey").lacks("receipt", "patch_unit"),
		}},
		{"a launch below the node's epoch is refused", agent(), []Step{
			call("init 7 run-1"),
			call("launch 6 run-0 SHA 1 2.1.0 BOOT SOON ops@host").refused("epoch"),
			call("receipt SHA").prints(""),
		}},
		{"while a patch runs, nothing else is done to the node", agent(), after(launched(),
			call("fetch 7 run-1 SHA http://10.0.0.1:8080 mesos--2").refused("busy"),
			end(0, Node{}),
			call("fetch 7 run-1 SHA http://10.0.0.1:8080 mesos--2"),
			call("survey").has("fetched mesos--2"),
		)},
		{"arguments are checked before anything else", agent(), []Step{
			call("launch 7 run-1 SHA 1 2.1.0").exits(64),
			call("launch 07 run-1 SHA 1 2.1.0 BOOT SOON ops@host").exits(64),
			call("launch 7 ../run SHA 1 2.1.0 BOOT SOON ops@host").exits(64),
			call("launch 7 run-1 SHA12 1 2.1.0 BOOT SOON ops@host").exits(64),
			call("launch 7 run-1 SHA 0 2.1.0 BOOT SOON ops@host").exits(64),
			call("launch 7 run-1 SHA x 2.1.0 BOOT SOON ops@host").exits(64),
			call("receipt ../../etc").exits(64),
			call("output SHA 1 -1").exits(64),
			call("checks everything").exits(64),
			call("dance").exits(64),
		}},
	}
}

const otherSHA = "00000000000000000000000000000000000000000000000000000000deadbeef"

// againCases are about a further attempt: it needs evidence that the last one
// ended before the swap.
func againCases() []Case {
	second := call("launch 7 run-1 SHA 2 2.1.0 BOOT SOON ops@host")
	started := second.prints("unit dcos-patch-SHA12-2.service")
	return []Case{
		{"after a failure before the swap a second attempt starts", agent(), after(launched(),
			end(1, Node{}), started,
			call("survey").has("receipt SHA 1 exit:1", "receipt SHA 2 running"),
		)},
		{"after exit code 0 there is no second attempt", agent(), after(launched(),
			end(0, Node{}), second.refused("receipt"),
		)},
		{"after a failure that changed the version there is no second attempt", agent(), after(launched(),
			end(1, Node{Version: "2.1.1"}), second.refused("receipt"),
			call("launch 7 run-1 SHA 2 2.1.1 BOOT SOON ops@host").refused("receipt"),
		)},
		{"after a failure that changed only the active packages there is no second attempt", agent(), after(launched(),
			end(1, Node{Active: []string{"mesos--1", "dcos-config--setup_2"}}), second.refused("receipt"),
		)},
		{"after a failure in the middle of the swap there is no second attempt", agent(), after(launched(),
			end(1, Node{MidSwap: true}), second.refused("receipt"),
		)},
		{"while the first attempt runs there is no second", agent(), after(launched(),
			second.refused("receipt"),
		)},
		{"after a reboot before the swap there may be a second attempt", agent(), after(launched(),
			reboot(), call("survey").has("receipt SHA 1 lost"), started,
		)},
		{"after a kill before the swap there may be a second attempt", agent(), after(launched(),
			kill(), call("survey").has("receipt SHA 1 lost"), started,
		)},
		{"after a kill in the middle of the swap there is no second attempt", agent(), after(launched(),
			set(Node{MidSwap: true}), kill(), call("survey").has("receipt SHA 1 lost"), second.refused("receipt"),
		)},
		{"after a reboot with other packages active there is no second attempt", agent(), after(launched(),
			set(Node{Active: []string{"mesos--1", "dcos-config--setup_2"}}), reboot(), call("survey").has("receipt SHA 1 lost"), second.refused("receipt"),
		)},
		{"a third attempt needs both earlier ones to have ended before the swap", agent(), after(launched(),
			end(1, Node{}), started, end(1, Node{Version: "2.1.1"}),
			call("launch 7 run-1 SHA 3 2.1.1 BOOT SOON ops@host").refused("receipt"),
		)},
	}
}
