package maintenance

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseDuration reads how long a window lasts: "2h", "90min", "1h30m", "2 days". A number
// needs a unit, of minutes at least.
func ParseDuration(text string) (time.Duration, error) {
	units := map[string]time.Duration{
		"m": time.Minute, "min": time.Minute, "mins": time.Minute, "minute": time.Minute, "minutes": time.Minute,
		"h": time.Hour, "hr": time.Hour, "hrs": time.Hour, "hour": time.Hour, "hours": time.Hour,
		"d": 24 * time.Hour, "day": 24 * time.Hour, "days": 24 * time.Hour,
	}
	var sum time.Duration
	rest := strings.TrimSpace(text)
	if rest == "" {
		return 0, fmt.Errorf("no duration: want one like 2h, 90min or 1h30m")
	}
	for rest != "" {
		digits := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
		rest = strings.TrimLeft(rest[len(digits):], " ")
		name := rest[:len(rest)-len(strings.TrimLeft(rest, "abcdefghijklmnopqrstuvwxyz"))]
		rest = strings.TrimLeft(rest[len(name):], " ")
		n, err := strconv.Atoi(digits)
		unit := units[name]
		switch {
		case err != nil && digits == "":
			return 0, fmt.Errorf("duration %q: want one like 2h, 90min or 1h30m", text)
		case name == "":
			return 0, fmt.Errorf("duration %q: %s has no unit (min, h or d)", text, digits)
		case unit == 0:
			return 0, fmt.Errorf("duration %q: unit %q is not one of min, h and d", text, name)
		case err != nil || time.Duration(n) > LongestWindow/unit:
			return 0, fmt.Errorf("duration %q: want at most %d days", text, LongestWindow/(24*time.Hour))
		}
		if sum += time.Duration(n) * unit; sum > LongestWindow {
			return 0, fmt.Errorf("duration %q: want at most %d days", text, LongestWindow/(24*time.Hour))
		}
	}
	if sum < ShortestWindow {
		return 0, fmt.Errorf("duration %q: want at least %s", text, ShortestWindow)
	}
	return sum, nil
}

// localStart is a date and a time of day, as people write them.
const localStart = "2006-01-02 15:04"

// ParseStart reads when a window begins: "now", or a date, a time of day and where that
// holds: "2026-12-01 22:00 UTC", "2026-12-01 22:00 +01:00", "2026-12-01 22:00 Europe/Berlin",
// "2026-12-01T22:00:00Z". Without a zone it holds in zone; nil: the zone must be written.
func ParseStart(text string, now time.Time, zone *time.Location) (time.Time, error) {
	t, err := parseStart(strings.TrimSpace(text), now, zone)
	if err == nil && (t.Year() < firstYear || t.Year() > lastYear) {
		return time.Time{}, fmt.Errorf("start %q: want a year from %d to %d", text, firstYear, lastYear)
	}
	return t, err
}

// Mesos counts nanoseconds since 1970 in 64 bits: no start is later than 2262.
const firstYear, lastYear = 2000, 2199

func parseStart(text string, now time.Time, zone *time.Location) (time.Time, error) {
	if text == "now" {
		return now.Truncate(time.Second), nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	fields := strings.Fields(text)
	if len(fields) == 3 {
		var err error
		if zone, err = parseZone(fields[2]); err != nil {
			return time.Time{}, fmt.Errorf("start %q: %w", text, err)
		}
		fields = fields[:2]
	}
	local, err := time.Parse(localStart, strings.Join(fields, " "))
	switch {
	case err != nil:
		return time.Time{}, fmt.Errorf("start %q: want one like now or 2026-12-01 22:00 Europe/Berlin", text)
	case zone == nil:
		return time.Time{}, fmt.Errorf("start %q: has no time zone: add UTC, +01:00 or one like Europe/Berlin", text)
	}
	return onlyOne(text, local, zone)
}

// parseZone reads a zone. Abbreviations but UTC are not clear: CST is three zones.
func parseZone(name string) (*time.Location, error) {
	if name == "UTC" || name == "Z" {
		return time.UTC, nil
	}
	if offset, err := time.Parse("-07:00", name); err == nil {
		_, seconds := offset.Zone()
		return time.FixedZone(name, seconds), nil
	}
	if strings.Contains(name, "/") {
		if zone, err := time.LoadLocation(name); err == nil {
			return zone, nil
		}
	}
	return nil, fmt.Errorf("time zone %q: want UTC, one like +01:00 or one like Europe/Berlin", name)
}

// onlyOne is the moment at which clocks of a zone show a time. Where they are put forward or
// back, there is none, or there are two.
func onlyOne(text string, local time.Time, zone *time.Location) (time.Time, error) {
	const most = 3 * time.Hour // that clocks are put forward or back
	guess := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), 0, 0, zone)
	var found []time.Time
	for _, near := range []time.Duration{-most, 0, most} {
		_, seconds := guess.Add(near).Zone()
		t := local.Add(-time.Duration(seconds) * time.Second).In(zone)
		shows := t.Format(localStart) == local.Format(localStart)
		if shows && (len(found) == 0 || !found[len(found)-1].Equal(t)) {
			found = append(found, t)
		}
	}
	switch len(found) {
	case 0:
		return time.Time{}, fmt.Errorf("start %q: clocks in %s skip this time; write it with an offset", text, zone)
	case 1:
		return found[0], nil
	}
	return time.Time{}, fmt.Errorf("start %q: clocks in %s show this time twice; write %s or %s",
		text, zone, found[0].Format(localStart+" -07:00"), found[1].Format(localStart+" -07:00"))
}
