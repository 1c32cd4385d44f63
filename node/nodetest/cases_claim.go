package nodetest

// claimCases are about epochs and the lock.
func claimCases() []Case {
	return []Case{
		{"a higher epoch is remembered, a lower one refused", master(), []Step{
			call("init 3 run-1"),
			call("survey").has("epoch 3"),
			call("lock 5 run-1 ops@host"),
			call("survey").has("epoch 5"),
			call("init 4 run-2").refused("epoch"),
			call("unlock 4 run-1").refused("epoch"),
			call("survey").has("epoch 5", "lock 5 run-1 ops@host"),
		}},
		{"the lock has one holder, who may take it again", master(), []Step{
			call("init 1 run-1"),
			call("lock 1 run-1 ops@host"),
			call("lock 1 run-2 eve@laptop").refused("lock").saying("1 run-1 ops@host"),
			call("lock 2 run-1 ops@host"),
			call("survey").has("lock 2 run-1 ops@host"),
			call("unlock 2 run-2").refused("lock").saying("2 run-1 ops@host"),
			call("unlock 2 run-1"),
			call("survey").lacks("lock"),
			call("unlock 2 run-1"),
			call("lock 2 run-2 eve@laptop"),
		}},
		{"a broken lock can be taken by another, and not by the woken controller", master(), []Step{
			call("init 1 run-1"),
			call("lock 1 run-1 ops@host"),
			call("unlock 2 run-1"),
			call("lock 2 run-2 eve@laptop"),
			call("lock 1 run-1 ops@host").refused("epoch"),
			call("launch 1 run-1 SHA 1 2.1.0 BOOT SOON ops@host").refused("epoch"),
		}},
		{"no change is made for an epoch that is over", master(), []Step{
			call("init 5 run-2"),
			call("init 4 run-1").refused("epoch"),
			call("lock 4 run-1 ops@host").refused("epoch"),
			call("unlock 4 run-1").refused("epoch"),
			call("fetch 4 run-1 SHA http://10.0.0.9 mesos--1").refused("epoch"),
			call("launch 4 run-1 SHA 1 2.1.0 BOOT SOON ops@host").refused("epoch"),
			call("start-target 4 run-1").refused("epoch"),
			call("beat 4 run-1 1").refused("epoch"),
			call("copy 4 run-1 journal.jsonl 0 /tmp/up").refused("epoch"),
			call("sweep 4 run-1").refused("epoch"),
			call("survey").has("epoch 5").lacks("lock", "heartbeat", "receipt", "patch_unit"),
			call("ours").lacks("run run-1", "file"),
		}},
		{"a damaged epoch is known from its claim, and mended", master(), []Step{
			call("init 7 run-1"),
			{File: "/var/lib/dcos-patch/epoch"},
			call("survey").has("epoch 7"),
			call("init 6 run-0").refused("epoch"),
			call("init 7 run-1"),
			{File: "/var/lib/dcos-patch/claim"},
			call("survey").has("epoch 7"),
			call("launch 7 run-1 SHA 1 2.1.0 BOOT SOON ops@host").refused("epoch"),
			call("init 7 run-1"),
		}},
		{"where epoch and claim are both damaged nothing is changed", master(), []Step{
			call("init 7 run-1"),
			{File: "/var/lib/dcos-patch/epoch"},
			{File: "/var/lib/dcos-patch/claim"},
			call("init 9 run-1").exits(1),
			call("lock 9 run-1 ops@host").exits(1),
		}},
		{"init may be repeated", master(), []Step{
			call("init 1 run-1"), call("init 1 run-1"), call("init 2 run-1"), call("survey").has("epoch 2"),
		}},
	}
}
