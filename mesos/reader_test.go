package mesos_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/mesos"
)

// daemon is a Mesos whose metrics take a while, and that notes when it was asked.
type daemon struct {
	takes time.Duration
	fail  error

	mu       sync.Mutex
	asked    []time.Time
	underWay int
	most     int
}

func (d *daemon) Do(req *http.Request) (*http.Response, error) {
	d.mu.Lock()
	d.asked = append(d.asked, time.Now())
	n := len(d.asked)
	d.underWay++
	d.most = max(d.most, d.underWay)
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		d.underWay--
		d.mu.Unlock()
	}()
	timer := time.NewTimer(d.takes)
	defer timer.Stop()
	select {
	case <-req.Context().Done():
		return nil, req.Context().Err()
	case <-timer.C:
	}
	if d.fail != nil {
		return nil, d.fail
	}
	return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(fmt.Sprintf(`{"n":%d}`, n)))}, nil
}

// honest checks what must hold of the daemon at the end of every test.
func (d *daemon) honest(t *testing.T) {
	t.Helper()
	if d.most > 1 {
		t.Errorf("%d requests were under way at once", d.most)
	}
	for i := 1; i < len(d.asked); i++ {
		if gap := d.asked[i].Sub(d.asked[i-1]); gap < 600*time.Millisecond {
			t.Errorf("requests %d and %d are %v apart", i-1, i, gap)
		}
	}
}

func TestManyCallersShareOneRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &daemon{takes: 50 * time.Millisecond}
		r := mesos.NewReader(mesos.New(d, base), mesos.ReadSpacing)
		var wait sync.WaitGroup
		for range 10 {
			wait.Go(func() {
				s, err := r.Read(t.Context())
				if err != nil || s.Metrics["n"] != 1 && s.Metrics["n"] != 2 {
					t.Errorf("%+v, %v", s, err)
				}
			})
		}
		wait.Wait()
		if len(d.asked) > 2 { // the first asks at once; who comes after its request began shares the second
			t.Errorf("ten callers at the same moment made %d requests", len(d.asked))
		}
		d.honest(t)
	})
}

func TestALateCallerDoesNotGetAnEarlierSample(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &daemon{takes: time.Second}
		r := mesos.NewReader(mesos.New(d, base), mesos.ReadSpacing)
		var wait sync.WaitGroup
		wait.Go(func() {
			if s, err := r.Read(t.Context()); err != nil || s.Metrics["n"] != 1 {
				t.Errorf("the first: %+v, %v", s, err)
			}
		})
		time.Sleep(500 * time.Millisecond)
		called := time.Now()
		s, err := r.Read(t.Context())
		if err != nil || s.Metrics["n"] != 2 || s.Asked.Before(called) || s.At.Sub(s.Asked) != time.Second {
			t.Errorf("the second, who called while the first request was under way: %+v, %v", s, err)
		}
		wait.Wait()
		d.honest(t)
	})
}

func TestACallerThatGivesUpDoesNotTakeTheOthersWithIt(t *testing.T) {
	for name, after := range map[string]time.Duration{
		"while its request is under way": 100 * time.Millisecond,
		"while it waits for its turn":    1200 * time.Millisecond,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &daemon{takes: time.Second}
				r := mesos.NewReader(mesos.New(d, base), mesos.ReadSpacing)
				var wait sync.WaitGroup
				if after > time.Second {
					wait.Go(func() { _, _ = r.Read(t.Context()) }) // keeps the turn for the first second
					time.Sleep(10 * time.Millisecond)
				}
				ctx, cancel := context.WithTimeout(t.Context(), after)
				defer cancel()
				wait.Go(func() {
					if _, err := r.Read(ctx); !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("the one who gives up: %v", err)
					}
				})
				time.Sleep(10 * time.Millisecond)
				called := time.Now()
				for range 3 {
					wait.Go(func() {
						if s, err := r.Read(t.Context()); err != nil || s.Asked.Before(called) {
							t.Errorf("one who stays: %+v, %v", s, err)
						}
					})
				}
				wait.Wait()
				d.honest(t)
			})
		})
	}
}

func TestAnErrorIsSharedAndTheNextCallAsksAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused := errors.New("connection refused")
		d := &daemon{takes: 10 * time.Millisecond, fail: refused}
		r := mesos.NewReader(mesos.New(d, base), mesos.ReadSpacing)
		var wait sync.WaitGroup
		for range 5 {
			wait.Go(func() {
				if s, err := r.Read(t.Context()); !errors.Is(err, refused) || s.Metrics != nil || !s.At.IsZero() {
					t.Errorf("%+v, %v", s, err)
				}
			})
		}
		wait.Wait()
		d.fail = nil
		if _, err := r.Read(t.Context()); err != nil {
			t.Errorf("after the error: %v", err)
		}
		d.honest(t)
	})
}

func TestAContextThatHasEndedAsksNothing(t *testing.T) {
	d := &daemon{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := mesos.NewReader(mesos.New(d, base), mesos.ReadSpacing).Read(ctx); !errors.Is(err, context.Canceled) || len(d.asked) != 0 {
		t.Errorf("%v, %d requests", err, len(d.asked))
	}
}

// Callers come and give up at random: nobody gets an old sample, nobody
// outstays the own context, and the daemon is never asked too much.
func TestAnyCrowdOfCallers(t *testing.T) {
	for seed := range uint64(40) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			ms := func(n int) time.Duration { return time.Duration(random.IntN(n)) * time.Millisecond }
			d := &daemon{takes: ms(1500)}
			r := mesos.NewReader(mesos.New(d, base), mesos.ReadSpacing)
			var wait sync.WaitGroup
			for range 30 {
				comes, stays := ms(5000), 1+ms(6000)
				wait.Go(func() {
					time.Sleep(comes)
					called := time.Now()
					ctx, cancel := context.WithTimeout(t.Context(), stays)
					defer cancel()
					s, err := r.Read(ctx)
					switch took := time.Since(called); {
					case took > stays:
						t.Errorf("seed %d: stayed %v of %v", seed, took, stays)
					case err == nil && (s.Asked.Before(called) || s.At.Before(s.Asked) || s.Metrics == nil):
						t.Errorf("seed %d: called %v, got %+v", seed, called, s)
					case err != nil && took < stays:
						t.Errorf("seed %d: gave up after %v of %v: %v", seed, took, stays, err)
					}
				})
			}
			wait.Wait()
			d.honest(t)
		})
	}
}

func TestAPanicInOneCallerDoesNotStarveTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := true
		d := &daemon{}
		r := mesos.NewReader(mesos.New(doer(func(req *http.Request) (*http.Response, error) {
			if broken {
				panic("a bug in a Doer")
			}
			return d.Do(req)
		}), base), mesos.ReadSpacing)
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			_, _ = r.Read(t.Context())
		}()
		broken = false
		if _, err := r.Read(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
