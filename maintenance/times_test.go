package maintenance_test

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // of its own: a machine without zones must not leave the tests out

	"github.com/dcos-patch/dcos-patch/maintenance"
)

func TestDurationsAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"2h": 2 * time.Hour, "90min": 90 * time.Minute, "1h30m": 90 * time.Minute, " 2 days ": 48 * time.Hour, "1 hour 5 minutes": 65 * time.Minute, "1d12h": 36 * time.Hour, "366d": maintenance.LongestWindow,
	} {
		if got, err := maintenance.ParseDuration(text); err != nil || got != want {
			t.Errorf("%q: %s, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"": "no duration", "3600": "3600 has no unit", "3600000000000": "has no unit", "30s": `unit "s" is not one of`, "2H": "has no unit", "1.5h": "has no unit", "-2h": "want one like 2h",
		"0h": "at least 1m0s", "367d": "at most 366 days", "300d300d": "at most 366 days", "99999999999999999999h": "at most 366 days", "h": "want one like 2h", "2 fortnights": "unit", "2h,": "want one like 2h", "2ｈ": "has no unit",
	} {
		if got, err := maintenance.ParseDuration(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %s, %v, want %s", text, got, err, want)
		}
	}
}

func berlin(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestStartsAreReadWithTheirZone(t *testing.T) {
	zone, now := berlin(t), at(12).Add(time.Nanosecond)
	for text, want := range map[string]string{
		"now":                            "2026-12-01T12:00:00Z",
		"2026-12-01 22:00 UTC":           "2026-12-01T22:00:00Z",
		"2026-12-01 22:00 Z":             "2026-12-01T22:00:00Z",
		"2026-12-01 22:00 +01:00":        "2026-12-01T21:00:00Z",
		"2026-12-01 22:00 Europe/Berlin": "2026-12-01T21:00:00Z",
		"2026-07-01 22:00 Europe/Berlin": "2026-07-01T20:00:00Z",
		"2026-12-01T22:00:00Z":           "2026-12-01T22:00:00Z",
		"2026-12-01T22:00:00-05:00":      "2026-12-02T03:00:00Z",
		"2026-12-01 22:00":               "2026-12-01T21:00:00Z",
		"2026-10-25 01:59":               "2026-10-24T23:59:00Z",
		"2026-10-25 02:30 +02:00":        "2026-10-25T00:30:00Z",
		"2026-10-25 02:30 +01:00":        "2026-10-25T01:30:00Z",
		"2026-03-29 03:00":               "2026-03-29T01:00:00Z",
	} {
		if got, err := maintenance.ParseStart(text, now, zone); err != nil || got.UTC().Format(time.RFC3339Nano) != want {
			t.Errorf("%q: %s, %v, want %s", text, got.UTC(), err, want)
		}
	}
	for text, want := range map[string]string{
		"": "want one like", "22:00": "want one like", "2026-12-01": "want one like", "2026-13-01 22:00": "want one like", "0026-12-01 22:00": "want a year from 2000 to 2199", "1764626400000000000": "want one like",
		"2026-12-01 22:00 CET": `time zone "CET"`, "2026-12-01 22:00 Mars/Phobos": "time zone", "2026-12-01 22:00 ../etc/passwd": "time zone", "2026-12-01 22:00 UTC UTC": "want one like",
		"2026-03-29 02:30": "clocks in Europe/Berlin skip this time",
		"2026-10-25 02:30": "twice; write 2026-10-25 02:30 +02:00 or 2026-10-25 02:30 +01:00",
	} {
		if got, err := maintenance.ParseStart(text, now, zone); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %s, %v, want %s", text, got, err, want)
		}
	}
	if got, err := maintenance.ParseStart("2026-12-01 22:00", now, nil); err == nil || !strings.Contains(err.Error(), "has no time zone") {
		t.Error(got, err)
	}
}

// What is read is a length that a window may have, and is read the same when written again.
func FuzzDuration(f *testing.F) {
	for _, text := range []string{"2h", "1h30m", "2 days", "3600", "1h0m0s", "m5"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := maintenance.ParseDuration(text)
		if err != nil {
			if d != 0 {
				t.Errorf("%q: %s and %v", text, d, err)
			}
			return
		}
		again, err := maintenance.ParseDuration(strings.TrimSuffix(d.String(), "0s"))
		if d < maintenance.ShortestWindow || d > maintenance.LongestWindow || err != nil || again != d {
			t.Errorf("%q: %s, again %s, %v", text, d, again, err)
		}
	})
}

// A start that is read shows, on the clocks of its zone, what was written.
func FuzzStart(f *testing.F) {
	for _, text := range []string{"now", "2026-12-01 22:00", "2026-10-25 02:30", "2026-03-29 02:30", "2026-12-01 22:00 UTC", "2026-12-01 22:00 +01:00", "2026-12-01T22:00:00Z", "2026-12-01 22:00 Asia/Kolkata"} {
		f.Add(text)
	}
	zone := berlin(f)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := maintenance.ParseStart(text, at(12), zone)
		if err != nil {
			if !got.IsZero() {
				t.Errorf("%q: %s and %v", text, got, err)
			}
			return
		}
		fields := strings.Fields(text)
		if len(fields) >= 2 && !strings.Contains(text, "T") && !strings.HasPrefix(got.Format("2006-01-02 15:04"), fields[0]) {
			t.Errorf("%q: %s", text, got)
		}
		again, err := maintenance.ParseStart(got.Format(time.RFC3339), at(12), nil)
		if err != nil || !again.Equal(got.Truncate(time.Second)) {
			t.Errorf("%q: %s, again %s, %v", text, got, again, err)
		}
	})
}
