package simcluster

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/answers"
)

// scene is a part of what was recorded, with what happened between the requests: numbers
// of recordings, spans of them, times that pass, and acts by name.
type scene struct {
	name  string
	lead  string // recorded address of the leading master
	opt   Options
	steps string
}

var scenes = []scene{
	{"at rest", "127.0.0.1", Options{Private: 3, Tasks: -1}, `
		018 034-036 041-042 044-046 051-054 063-067 069-073 080-088 091-092 098-103 105-113 115-118 120-121 124-126 132
		+1m @return:a2 050 246 448-449`},
	{"with tasks", "127.0.0.1", Options{Private: 3}, `133 135 136 138-139 141-143 145`},
	{"maintenance", "127.0.0.1", Options{Private: 3}, `
		146-194 196-214 +2s 216-223 225-230 232-244 +20s 245`},
	{"drain", "127.0.0.1", Options{Private: 3}, `
		@stubborn:a1 247-254 257 +500ms 255-256 258-261 +2800ms 263-269 +5s @return:a1 +5s 270-273
		@tasks:a1 274 +10s @reactivate:a1 276 +10s 278 @tasks:a1 313 @stop:a1 314 @start:a1 +20s 316 319
		@tasks:a1 311`},
	{"drain as the agent sees it", "127.0.0.3", Options{Private: 3}, `463`},
	{"unreachable and gone", "127.0.0.1", Options{Private: 3}, `
		@empty:a1 @stop:a2 290 +6m 291-292 294-297 300 @start:a2 +20s 302 303 +3s 304-307 309`},
	{"failover", "127.0.0.2", Options{Private: 3, Tasks: -1}, `
		@deactivate:a1 @drain:a2 +5s @down @ghost 339-340 @failover:127.0.0.3 +90s 341-346`},
	{"before and after failovers", "127.0.0.2", Options{Private: 3}, `@ghost 335-337`},
	{"inverse offers over a failover", "127.0.0.1", Options{Private: 3}, `@plan 439 @failover:127.0.0.3 +90s 440-441`},
	{"not recovered", "127.0.0.1", Options{Private: 3}, `@unread 020 022-028 030 350-351 353-361`},
	{"without a quorum", "127.0.0.1", Options{Private: 3}, `@alone @ghost +12s 415-419`},
	{"without ZooKeeper", "127.0.0.1", Options{Private: 3}, `@leaderless 009-010 421-426`},
	{"restarted within its session", "127.0.0.3", Options{Private: 3}, `@restarted 428-432`},
	{"named by half", "127.0.0.1", Options{Private: 3, Tasks: -1}, `
		390-391 @reactivate:a1 392-395 @stop:a2 396-398 +1s @start:a2 +10s 400 +20s 401 402 +5s 403-406 +20s 407-408 +20s 409-410 411`},
	{"deactivated", "127.0.0.1", Options{Private: 3, Tasks: -1}, `
		450-454 456 @return:a1 457 458 459 460`},
	{"unreachable again", "127.0.0.1", Options{Private: 3, Tasks: 4}, `@empty:a2 @empty:a3 @stop:a1 +6m 332-333`},
	{"stopped and taken down", "127.0.0.1", Options{Private: 3, Tasks: -1}, `@stop:a2 @takedown +2s 462`},
	{"not acknowledged", "127.0.0.1", Options{Private: 3}, `@empty:a2 @empty:a3 @unacknowledged:a1 412-413`},
	{"drain over a failover", "127.0.0.2", Options{Private: 3}, `434`},
	{"not back in time", "127.0.0.9", Options{Private: 1, Tasks: -1}, `
		@stop:a1 @failover:127.0.0.9 +5s 900-904 +11m 905-906 @start:a1 +20s 907`},
}

// remarks say in which respect an agreement is a smaller one.
var remarks = map[string]string{
	"311": "the flag --http_command_executor has no model: the grace that is asked for has no effect",
}

// run plays a scene.
func (p scene) run(t *testing.T, all []exchange, known map[string]map[string]bool, agree map[string]string) {
	bubble(t, p.opt, func(t *testing.T, c *Cluster) {
		s := &stage{Cluster: c, t: t, masters: map[string]*node{p.lead: c.mesos.leader}, agree: agree, known: known}
		for _, n := range c.masters() {
			for i := 1; i <= 3 && n != c.mesos.leader; i++ {
				ip := fmt.Sprintf("127.0.0.%d", i)
				if s.masters[ip] == nil {
					s.masters[ip] = n
					break
				}
			}
		}
		for step := range strings.FieldsSeq(p.steps) {
			switch step[0] {
			case '+':
				d, err := time.ParseDuration(step[1:])
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(d)
			case '@':
				name, of, _ := strings.Cut(step[1:], ":")
				s.happens(name, of)
			default:
				s.span(all, step)
			}
		}
	})
}

// span replays the recordings between two numbers.
func (s *stage) span(all []exchange, step string) {
	from, to, several := strings.Cut(step, "-")
	if !several {
		to = from
	}
	found := false
	for _, x := range all {
		if number := x.name[:3]; number >= from && number <= to {
			found = true
			s.replay(x, remarks[number])
		}
	}
	if !found {
		s.t.Errorf("no recording %s", step)
	}
}

// happens is what nobody recorded, or what is no request.
func (s *stage) happens(what, of string) {
	n, m := s.byName[of], &s.mesos
	agent := func(call string) string {
		return fmt.Sprintf(`{"type":%q,%q:{"agent_id":{"value":%q}}}`, strings.ToUpper(call), call, n.agent.id)
	}
	switch what {
	case "stop":
		s.act(n.stopDaemons)
	case "start":
		s.act(n.startDaemons)
	case "return":
		s.act(n.stopDaemons)
		s.act(n.startDaemons)
		time.Sleep(20 * time.Second)
	case "tasks":
		s.act(func() { n.agent.tasks = nil; n.seedTasks() })
	case "empty":
		s.act(func() { n.agent.tasks = nil })
	case "unacknowledged":
		s.act(func() {
			for _, t := range n.agent.tasks {
				t.State, t.Ended, t.Unacknowledged = answers.TaskKilled, s.now(), true
			}
		})
	case "stubborn":
		s.act(func() { n.agent.tasks[0].IgnoresTerm = true })
	case "deactivate", "drain", "reactivate":
		s.order(agent(what + "_agent"))
	case "plan":
		s.plan(`{"hostname":"agent3.test","ip":"127.0.1.3"}`)
	case "down":
		s.plan(`{"hostname":"agent3.test","ip":"127.0.1.3"},{"hostname":"agent7.test","ip":"127.0.1.7"}`)
		s.order(`{"type":"START_MAINTENANCE","start_maintenance":{"machines":[{"hostname":"agent7.test","ip":"127.0.1.7"}]}}`)
	case "takedown":
		s.plan(`{"hostname":"agent2.test","ip":"127.0.1.2"}`)
		s.order(`{"type":"START_MAINTENANCE","start_maintenance":{"machines":[{"hostname":"agent2.test","ip":"127.0.1.2"}]}}`)
	case "ghost":
		s.act(func() { m.ghosts++ })
	case "failover":
		s.failover(of)
	case "unread":
		s.act(func() { m.recovered = false })
	case "alone":
		for _, other := range s.Cluster.masters() {
			if other != m.leader {
				s.act(other.stopMaster)
			}
		}
	case "leaderless":
		s.act(func() { m.leader, m.detected, m.recovered, m.electing = nil, nil, false, true })
	case "restarted": // and redirects to itself until its session ends
		s.act(func() { m.leader, m.recovered, m.electing = nil, false, true })
	default:
		s.t.Fatalf("what is %s?", what)
	}
}

// plan schedules machines, as recording 343 has them.
func (s *stage) plan(machines string) {
	s.order(`{"type":"UPDATE_MAINTENANCE_SCHEDULE","update_maintenance_schedule":{"schedule":{"windows":[{"machine_ids":[` + machines +
		`],"unavailability":{"start":{"nanoseconds":1795294877259885824}}}]}}}`)
}

// failover has another master lead, who is the recorded one from then on.
func (s *stage) failover(to string) {
	old := s.mesos.leader
	s.act(old.stopMaster)
	until(s.t, s.Cluster, "another leader", func() bool { return s.mesos.recovered })
	s.act(old.tryMaster)
	for ip, n := range s.masters {
		if n == s.mesos.leader {
			s.masters[ip] = s.masters[to]
			delete(s.masters, ip)
		}
	}
	s.masters[to] = s.mesos.leader
}
