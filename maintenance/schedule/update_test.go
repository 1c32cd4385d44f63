package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/maintenance"
	"github.com/dcos-patch/dcos-patch/maintenance/schedule"
	"github.com/dcos-patch/dcos-patch/mesos"
)

func window(ips ...string) dcos.MaintenanceWindow {
	w := dcos.MaintenanceWindow{Start: time.Now().Truncate(time.Hour), Duration: 12 * time.Hour}
	for _, ip := range ips {
		w.Machines = append(w.Machines, dcos.Machine{Hostname: ip, IP: ip})
	}
	return w
}

func add(w ...dcos.MaintenanceWindow) maintenance.Change { return maintenance.Change{Add: w} }

// foreign is a window in words that are not ours.
func foreign(ip string) dcos.ScheduledWindow {
	w := window(ip).Scheduled()
	w.Text = `{"unavailability":{"duration":{"nanoseconds":43200000000000},"start":{"nanoseconds":` + fmt.Sprint(w.Start.UnixNano()) + `}},"machine_ids":[{"ip":"` + ip + `","hostname":"` + ip + `"}]}`
	return w
}

func newBoard(seed uint64) *board {
	return &board{rand: rand.New(rand.NewPCG(seed, 7)), windows: maintenance.Schedule{foreign("10.9.0.1"), foreign("10.9.0.2")}}
}

// wanted is what an updater has been told was done.
type wanted struct {
	there, away []dcos.MaintenanceWindow
	gaveUp      int
}

// work makes three updates, one after the other, each of which may give up.
func (w *wanted) work(change func(maintenance.Change) error, id int) {
	one, two := window(fmt.Sprintf("10.0.%d.1", id)), window(fmt.Sprintf("10.0.%d.2", id))
	if change(add(one)) != nil {
		w.gaveUp++
		return
	}
	w.there = append(w.there, one)
	if change(add(two)) == nil {
		w.there = append(w.there, two)
	} else {
		w.gaveUp++
	}
	if change(maintenance.Change{Cancel: []dcos.MaintenanceWindow{one}}) == nil {
		w.away = append(w.away, one)
	} else {
		w.gaveUp++
	}
	w.there = w.there[1:]
}

// interleave has two updaters work on one schedule, and tells what was lost.
func interleave(seed uint64, naive bool) (lost []string, gaveUp int, log []string) {
	b := newBoard(seed)
	b.faultier = true
	before := slices.Clone(b.windows)
	var of [2]wanted
	for id := range of {
		who := fmt.Sprint("updater", id)
		b.start(func() {
			of[id].work(func(c maintenance.Change) error {
				if naive {
					return once(client{b, who}, c)
				}
				_, err := schedule.Update(context.Background(), b.leader(who), c)
				return err
			}, id)
		})
	}
	b.run()
	for i, w := range before {
		if i >= len(b.windows) || b.windows[i].Text != w.Text {
			lost = append(lost, w.Text)
		}
	}
	for id := range of {
		if c := (maintenance.Change{Add: of[id].there, Cancel: of[id].away}); !b.windows.Made(c) {
			lost = append(lost, fmt.Sprintf("of updater %d: %v of %v", id, c, b.windows))
		}
		gaveUp += of[id].gaveUp
	}
	return lost, gaveUp, b.log
}

// once is an update that reads back, and trusts it.
func once(c client, change maintenance.Change) error {
	for range 5 {
		windows, err := c.Schedule(context.Background())
		if err != nil {
			continue
		}
		if maintenance.Schedule(windows).Made(change) {
			return nil
		}
		_ = c.UpdateSchedule(context.Background(), maintenance.Schedule(windows).Merge(change)) // read back
	}
	return errors.New("gave up")
}

// TestInterleavedUpdatesLoseNothing: whatever the order of readings and posts is, with
// answers lost and posts that take effect late.
func TestInterleavedUpdatesLoseNothing(t *testing.T) {
	const seeds, control = 1000, 200
	gaveUp, naive := 0, 0
	for seed := range uint64(seeds) {
		synctest.Test(t, func(t *testing.T) {
			lost, n, log := interleave(seed, false)
			if gaveUp += n; len(lost) > 0 {
				t.Errorf("seed %d: lost %q\n%q", seed, lost, log)
			}
		})
		if seed < control {
			synctest.Test(t, func(*testing.T) {
				if lost, _, _ := interleave(seed, true); len(lost) > 0 {
					naive++
				}
			})
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("%d of %d updates gave up; an update that reads back once loses something in %d of %d", gaveUp, 6*seeds, naive, control)
	if gaveUp > 6*seeds/50 || naive < control/20 {
		t.Error("too many give up, or the interleavings are too tame")
	}
}

func TestASeedGivesOneInterleaving(t *testing.T) {
	var first []string
	for range 2 {
		synctest.Test(t, func(*testing.T) {
			_, _, log := interleave(42, false)
			if first == nil {
				first = log
			}
			if !slices.Equal(log, first) {
				t.Errorf("%q\n%q", log, first)
			}
		})
	}
}

// TestAnotherToolThatReplacesTheScheduleIsSeen: it comes after each of our first posts.
func TestAnotherToolThatReplacesTheScheduleIsSeen(t *testing.T) {
	for _, test := range []struct {
		name         string
		times, posts int
		gaveUp       bool
	}{{"once", 1, 2, false}, {"three times", 3, 4, false}, {"always", 100, 5, true}} {
		synctest.Test(t, func(t *testing.T) {
			b := newBoard(1)
			ours, theirs := window("10.0.0.1"), foreign("10.9.0.3")
			done, left := false, test.times
			b.start(func() {
				defer func() { done = true }()
				r, err := schedule.Update(t.Context(), b.leader("ours"), add(ours))
				var reason *schedule.GaveUpError
				if test.gaveUp != errors.As(err, &reason) || test.gaveUp != errors.Is(err, schedule.ErrOverwritten) || !test.gaveUp && err != nil {
					t.Errorf("%s: %v", test.name, err)
				}
				if r.Posts != test.posts || len(r.Lost) != 2 || r.Lost[0].Text != foreign("10.9.0.1").Text || r.Unseen != 0 {
					t.Errorf("%s: %+v", test.name, r)
				}
			})
			b.start(func() {
				for !done && left > 0 {
					time.Sleep(time.Second)
					b.mu.Lock()
					posted := b.windows.Has(ours)
					b.mu.Unlock()
					if posted {
						left--
						_ = client{b, "theirs"}.UpdateSchedule(context.Background(), []dcos.ScheduledWindow{theirs})
					}
				}
			})
			b.run()
			if b.windows[0].Text != theirs.Text || b.windows.Has(ours) == test.gaveUp {
				t.Errorf("%s: %v", test.name, b.windows)
			}
		})
	}
}

// poster is another tool that posts a window right before our post, by its count.
type poster struct {
	client
	posts int
}

func (p *poster) UpdateSchedule(ctx context.Context, windows []dcos.ScheduledWindow) error {
	if p.posts++; p.posts == 1 {
		p.mu.Lock()
		_ = p.store(&question{who: "theirs", windows: append(slices.Clone(p.windows), foreign("10.9.0.3"))}, "")
		p.mu.Unlock()
	}
	return p.client.UpdateSchedule(ctx, windows)
}

// TestAScheduleThatWasPostedBetweenReadingAndPostingIsCounted: reading back cannot show it.
func TestAScheduleThatWasPostedBetweenReadingAndPostingIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoard(1)
		p := &poster{client: client{b, "ours"}}
		b.start(func() {
			r, err := schedule.Update(t.Context(), func(context.Context) (schedule.Leader, error) { return p, nil }, add(window("10.0.0.1")))
			if err != nil || r.Unseen != 1 || r.Posts != 1 || len(r.Lost) != 0 {
				t.Errorf("%+v, %v", r, err)
			}
		})
		b.run()
	})
}

func TestWhatNoTryChangesEndsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, test := range map[string]struct {
			find   error
			change maintenance.Change
			is     error
			tries  int
		}{
			"a rule is broken":             {nil, add(window("")), maintenance.ErrNoName, 1},
			"the machine is in a window":   {nil, add(window("10.9.0.1", "10.0.0.9")), maintenance.ErrScheduled, 1},
			"not authorized":               {&mesos.StatusError{Code: 403}, add(window("10.0.0.1")), mesos.ErrUnauthorized, 1},
			"nobody leads":                 {mesos.ErrNoLeader, add(window("10.0.0.1")), mesos.ErrNoLeader, 5},
			"the leader has not recovered": {&mesos.StatusError{Code: 503, Body: "Master has not finished recovery"}, add(window("10.0.0.1")), mesos.ErrNotRecovered, 5},
		} {
			b, asked := newBoard(1), 0
			b.start(func() {
				r, err := schedule.Update(t.Context(), func(context.Context) (schedule.Leader, error) {
					asked++
					return client{b, "ours"}, test.find
				}, test.change)
				if !errors.Is(err, test.is) || asked != test.tries || r.Posts != 0 {
					t.Errorf("%s: %v after %d tries, %+v", name, err, asked, r)
				}
			})
			b.run()
			if len(b.log) > 0 {
				t.Errorf("%s: posted %q", name, b.log)
			}
		}
	})
}

func TestAnUpdateThatIsStoppedSaysWhatItKnows(t *testing.T) {
	for name, test := range map[string]struct {
		after time.Duration
		posts int
		is    error
	}{
		"before it posts":    {0, 0, context.DeadlineExceeded},
		"while it settles":   {time.Minute, 1, schedule.ErrUnconfirmed},
		"after it has ended": {time.Hour, 1, nil},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBoard(1)
			b.start(func() {
				ctx, cancel := context.WithTimeout(t.Context(), test.after)
				defer cancel()
				r, err := schedule.Update(ctx, b.leader("ours"), add(window("10.0.0.1")))
				if !errors.Is(err, test.is) || (err == nil) != (test.is == nil) || r.Posts != test.posts {
					t.Errorf("%s: %v, %+v", name, err, r)
				}
			})
			b.run()
		})
	}
}

// A change that is in the schedule is not posted again, and is watched all the same: a run
// that was killed after its post has not watched it.
func TestAChangeThatIsThereIsOnlyWatched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoard(1)
		b.windows = b.windows.Add(window("10.0.0.1"))
		began := time.Now()
		b.start(func() {
			r, err := schedule.Update(t.Context(), b.leader("ours"), add(window("10.0.0.1")))
			if err != nil || r.Posts != 0 || time.Since(began) < schedule.Settle {
				t.Errorf("%+v, %v after %s", r, err, time.Since(began))
			}
		})
		b.run()
	})
}

func TestAWatchOutlastsEveryOtherUpdate(t *testing.T) {
	if schedule.Settle <= schedule.Fresh+mesos.WriteTimeout {
		t.Errorf("%s, want more than %s", schedule.Settle, schedule.Fresh+mesos.WriteTimeout)
	}
}
