package nodetest

// copyCases are about what lets another machine go on with a run.
func copyCases() []Case {
	return []Case{
		{"a copy grows, and is read from anywhere", master(), []Step{
			call("init 7 run-1"),
			put("/tmp/up", "one\ntwo\n"),
			call("copy 7 run-1 journal.jsonl 0 /tmp/up"),
			put("/tmp/up", "three\n"),
			call("copy 7 run-1 journal.jsonl 8 /tmp/up"),
			call("run run-1 journal.jsonl 0").prints("one\ntwo\nthree"),
			call("run run-1 journal.jsonl 8").prints("three"),
			call("run run-1 journal.jsonl 14").prints(""),
			call("run run-1 journal.jsonl 99").prints(""),
			call("ours").begins("run run-1 ", "file run-1 journal.jsonl 14 "),
		}},
		{"a copy that was cut short is mended by the next one", master(), []Step{
			call("init 7 run-1"),
			put("/tmp/up", "one\ntw"),
			call("copy 7 run-1 journal.jsonl 0 /tmp/up"),
			put("/tmp/up", "two\n"),
			call("copy 7 run-1 journal.jsonl 4 /tmp/up"),
			call("run run-1 journal.jsonl 0").prints("one\ntwo"),
			call("copy 7 run-1 journal.jsonl 0 /tmp/up"),
			call("run run-1 journal.jsonl 0").prints("two"),
		}},
		{"a copy with a hole is not made", master(), []Step{
			call("init 7 run-1"),
			put("/tmp/up", "two\n"),
			call("copy 7 run-1 journal.jsonl 4 /tmp/up").exits(1),
			call("copy 7 run-1 journal.jsonl 0 /tmp/none").exits(1),
			call("run run-1 journal.jsonl 0").exits(1),
		}},
		{"a woken controller cannot write over the copies", master(), []Step{
			call("init 7 run-1"),
			put("/tmp/up", "new\n"),
			call("copy 7 run-1 journal.jsonl 0 /tmp/up"),
			put("/tmp/up", "old\n"),
			call("copy 6 run-1 journal.jsonl 0 /tmp/up").refused("epoch"),
			call("run run-1 journal.jsonl 0").prints("new"),
		}},
		{"a file is named within its run", master(), []Step{
			call("init 7 run-1"),
			call("copy 7 run-1 ../lock 0 /tmp/up").exits(64),
			call("copy 7 run-1 .flock 0 /tmp/up").exits(64),
			call("copy 7 run-1 plan.json -1 /tmp/up").exits(64),
			call("run .. epoch 0").exits(64),
			call("run run-1 ../../epoch 0").exits(64),
			call("run run-1 plan.json 01").exits(64),
		}},
		{"a heartbeat says whose it is", master(), []Step{
			call("init 7 run-1"),
			call("survey").lacks("heartbeat"),
			call("beat 7 run-1 1"),
			call("beat 7 run-1 2"),
			call("survey").begins("heartbeat 7 run-1 2 "),
			call("beat 8 run-1 1"),
			call("beat 7 run-1 3").refused("epoch"),
			call("survey").begins("heartbeat 8 run-1 1 "),
			call("beat 8 run-1 0").exits(64),
		}},
	}
}

// sweepCases are about what is left behind.
func sweepCases() []Case {
	copied := func(run string) []Step {
		return []Step{
			put("/tmp/up", "x\n"),
			call("copy 7 " + run + " plan.json 0 /tmp/up"),
			call("copy 7 " + run + " journal.jsonl 0 /tmp/up"),
			call("copy 7 " + run + " script.sh 0 /tmp/up"),
		}
	}
	return []Case{
		{"what runs leave is listed", master(), after([]Step{
			call("ours").begins("program node-", "script SHA").lacks("run", "file", "upload"),
			call("init 7 run-1"),
			put("/tmp/dcos-patch.aB3dE6gH/file", "x"),
			put("/tmp/dcos-patch.aB3dE6g/file", "too short"),
			put("/tmp/else.aB3dE6gH/file", "not ours"),
		}, append(copied("run-1"), call("ours").begins("run run-1 ", "file run-1 plan.json 2 ", "file run-1 script.sh 2 ", "upload /tmp/dcos-patch.aB3dE6gH ").
			lacks("upload /tmp/dcos-patch.aB3dE6g ", "upload /tmp/else"))...)},
		{"a sweep leaves receipts, the epoch, and what is not ours", master(), after(launched(), after(
			append([]Step{end(0, Node{}), call("beat 7 run-1 1")}, copied("run-1")...),
			put("/var/lib/dcos-patch/scripts/mine.sh", "not ours"),
			put("/var/lib/dcos-patch/runs/run-1/notes", "not ours"),
			call("sweep 8 run-1").has("removed /var/lib/dcos-patch/scripts/SHA.sh", "removed /var/lib/dcos-patch/runs/run-1/plan.json",
				"removed /var/lib/dcos-patch/runs/run-1/journal.jsonl", "removed /var/lib/dcos-patch/runs/run-1/script.sh").
				begins("removed /var/lib/dcos-patch/bin/node-").
				lacks("removed /var/lib/dcos-patch/scripts/mine.sh", "removed /var/lib/dcos-patch/runs/run-1/notes", "removed /var/lib/dcos-patch/receipts"),
			call("survey").has("epoch 8", "receipt SHA 1 exit:0").lacks("lock", "heartbeat"),
			call("ours").begins("run run-1 ", "file run-1 notes ").lacks("program", "script", "file run-1 plan.json"),
			call("run run-1 notes 0").prints("not ours"),
		)...)},
		{"a sweep leaves no empty directory of a run", master(), after(
			append([]Step{call("init 7 run-1")}, copied("run-1")...),
			call("sweep 7 run-1").begins("removed "),
			call("ours").prints(""),
		)},
		{"another's lock keeps everything in its place", master(), []Step{
			call("init 7 run-1"),
			call("lock 7 run-1 ops@host"),
			call("sweep 7 run-2").refused("lock").saying("7 run-1 ops@host"),
			call("sweep 6 run-1").refused("epoch"),
			call("ours").begins("program node-", "script SHA"),
			call("survey").has("lock 7 run-1 ops@host"),
		}},
		{"nothing is swept while a patch runs", agent(), after(launched(),
			call("sweep 7 run-1").refused("busy"),
			call("ours").begins("program node-", "script SHA"),
			end(0, Node{}),
			call("sweep 7 run-1").has("removed /var/lib/dcos-patch/scripts/SHA.sh"),
		)},
	}
}
