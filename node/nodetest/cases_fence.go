package nodetest

// lateCases are about launches that come when they may not come any more.
func lateCases() []Case {
	launch := call("launch 7 run-1 SHA 1 2.1.0 BOOT SOON ops@host")
	started := launch.prints("unit dcos-patch-SHA12-1.service")
	nothing := call("survey").lacks("receipt", "patch_unit")
	return []Case{
		{"a launch after its deadline is refused", agent(), []Step{
			call("init 7 run-1"),
			call("launch 7 run-1 SHA 1 2.1.0 BOOT PAST ops@host").refused("late"),
			nothing, started,
		}},
		{"a launch with the deadline of another boot is refused", agent(), []Step{
			call("init 7 run-1"),
			call("launch 7 run-1 SHA 1 2.1.0 99999999-2222-3333-4444-000000000009 999999999 ops@host").refused("late"),
			nothing,
		}},
		{"a launch needs a deadline that can be read", agent(), []Step{
			call("init 7 run-1"),
			call("launch 7 run-1 SHA 1 2.1.0 BOOT 0 ops@host").exits(64),
			call("launch 7 run-1 SHA 1 2.1.0 BOOT soon ops@host").exits(64),
			call("launch 7 run-1 SHA 1 2.1.0 ../boot 9 ops@host").exits(64),
			nothing,
		}},
		{"a launch needs the claim of its run", agent(), []Step{
			started, // which claims by itself: the node has seen no epoch
			end(1, Node{}),
			call("launch 7 run-2 SHA 2 2.1.0 BOOT SOON ops@host").refused("epoch"),
			call("init 7 run-2").refused("epoch"),
			call("survey").has("epoch 7").lacks("patch_unit"),
		}},
		{"a master is launched by the run that holds its lock", master(), []Step{
			call("init 7 run-1"),
			launch.refused("lock"),
			call("lock 7 run-1 ops@host"),
			started,
		}},
		{"a launch of a run that has given the lock back is refused", master(), []Step{
			call("init 7 run-1"),
			call("lock 7 run-1 ops@host"),
			call("unlock 7 run-1"),
			launch.refused("lock"),
			call("lock 7 run-2 eve@laptop"),
			launch.refused("lock"),
			nothing,
		}},
		{"a launch under a lock that was taken again is refused", master(), []Step{
			call("init 7 run-1"),
			call("lock 7 run-1 ops@host"),
			call("lock 8 run-1 ops@host"),
			launch.refused("epoch"),
			call("launch 8 run-1 SHA 1 2.1.0 BOOT SOON ops@host").prints("unit dcos-patch-SHA12-1.service"),
		}},
	}
}

// fenceCases are about attempts that have not begun, and never shall.
func fenceCases() []Case {
	launch := call("launch 7 run-1 SHA 1 2.1.0 BOOT SOON ops@host")
	second := call("launch 7 run-1 SHA 2 2.1.0 BOOT SOON ops@host").prints("unit dcos-patch-SHA12-2.service")
	off := call("call-off 7 run-1 SHA 1")
	cut := Step{File: "/var/lib/dcos-patch/receipts/SHA/1/started.tmp.4711"} // what its death leaves of a launch
	return []Case{
		{"an attempt that was called off is not launched, however late its launch comes", agent(), []Step{
			call("init 7 run-1"),
			off.prints("state called-off"),
			launch.refused("receipt"),
			off.prints("state called-off"),
			call("survey").has("receipt SHA 1 called-off").lacks("patch_unit"),
			second,
		}},
		{"an attempt that has begun is not called off", agent(), after(launched(),
			off.prints("state running"),
			end(0, Node{Version: "2.1.1"}),
			off.prints("state exit:0"),
			call("survey").has("receipt SHA 1 exit:0"),
		)},
		{"an attempt that was lost stays lost", agent(), after(launched(),
			kill(),
			off.prints("state lost"),
			call("survey").has("receipt SHA 1 lost"),
		)},
		{"a call-off fences every launch of an earlier epoch too", agent(), []Step{
			call("init 7 run-1"),
			call("call-off 8 run-1 SHA 1").prints("state called-off"),
			call("launch 7 run-1 SHA 2 2.1.0 BOOT SOON ops@host").refused("epoch"),
			off.refused("epoch"),
		}},
		{"a launch that died before its receipt was written has not begun", agent(), []Step{
			call("init 7 run-1"), cut,
			call("survey").has("receipt SHA 1 unbegun"),
			call("receipt SHA").has("attempt 1", "state unbegun"),
			launch.refused("receipt"),
			second,
			call("survey").has("receipt SHA 1 called-off", "receipt SHA 2 running"),
		}},
		{"a launch that died before its receipt was written can be called off", agent(), []Step{
			call("init 7 run-1"), cut,
			off.prints("state called-off"),
			second,
		}},
		{"a call-off that was cut short is done again", agent(), []Step{
			call("init 7 run-1"),
			{File: "/var/lib/dcos-patch/receipts/SHA/1/begun/called-off.tmp.4711"},
			call("survey").has("receipt SHA 1 unbegun"),
			off.prints("state called-off"),
			second,
		}},
		{"what a launch that died has half written is swept", agent(), []Step{
			call("init 7 run-1"), cut,
			call("sweep 7 run-1").has("removed /var/lib/dcos-patch/receipts/SHA/1/started.tmp.4711"),
			call("survey").has("receipt SHA 1 unbegun"),
		}},
		{"an attempt is called off by its number", agent(), []Step{
			call("call-off 7 run-1 SHA12 1").exits(64),
			call("call-off 7 run-1 SHA 0").exits(64),
			call("call-off 7 run-1 SHA").exits(64),
			call("receipt SHA").prints(""),
		}},
	}
}
