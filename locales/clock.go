package locales

import (
	"strconv"
	"time"
	_ "time/tzdata" // small images have no time zones of their own
)

// Time is the time of day in the zone, an IANA name: "14:05". A zone that is not
// known is UTC, and said to be.
func (p *Printer) Time(t time.Time, zone string) string {
	at, known := p.in(t, zone)
	clock := at.Format(p.Text("time.clock"))
	if !known {
		return p.Text("time.utc", "Time", clock)
	}
	return clock
}

// Day is the date in the zone: "Monday, 23 November 2026".
func (p *Printer) Day(t time.Time, zone string) string {
	at, _ := p.in(t, zone)
	return p.Text("time.day",
		"Weekday", p.Text("time.weekday_"+strconv.Itoa(int(at.Weekday()))),
		"Day", at.Day(),
		"Month", p.Text("time.month_"+strconv.Itoa(int(at.Month()))),
		"Year", at.Year())
}

// Duration is a length to the minute: "1 hour 25 minutes".
func (p *Printer) Duration(d time.Duration) string {
	minutes := int(d.Round(time.Minute) / time.Minute)
	hours := minutes / 60
	switch {
	case minutes < 1:
		return p.Text("time.under_minute")
	case hours == 0:
		return p.Text("time.minutes", "Count", minutes)
	case minutes%60 == 0:
		return p.Text("time.hours", "Count", hours)
	}
	return p.Text("time.hours_minutes",
		"Hours", p.Text("time.hours", "Count", hours),
		"Minutes", p.Text("time.minutes", "Count", minutes%60))
}

// in never answers the zone of this machine, which says nothing about the reader.
func (p *Printer) in(t time.Time, zone string) (at time.Time, known bool) {
	if zone == "" || zone == "Local" {
		return t.UTC(), false
	}
	if loc, ok := p.zones.Load(zone); ok {
		return t.In(loc.(*time.Location)), true
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return t.UTC(), false
	}
	p.zones.Store(zone, loc)
	return t.In(loc), true
}
