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
			call("launch 1 run-1 SHA 1 2.1.0 ops@host").refused("epoch"),
		}},
		{"init may be repeated", master(), []Step{
			call("init 1 run-1"), call("init 1 run-1"), call("init 2 run-1"), call("survey").has("epoch 2"),
		}},
	}
}
