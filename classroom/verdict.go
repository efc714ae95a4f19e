package classroom

import (
	"context"
	"slices"
	"time"
)

// Verdict is the most likely reason why somebody cannot get in.
type Verdict struct {
	Code  VerdictCode
	About Happening   // what it was seen by; may be zero
	Place PersonPlace // the course that it is about; may be zero
}

// VerdictCode names a Verdict; its text says what to do.
type VerdictCode string

const (
	VerdictDisabled    VerdictCode = "disabled"    // the registration of the LMS is
	VerdictPending     VerdictCode = "pending"     // the registration awaits approval
	VerdictNoServer    VerdictCode = "no_server"   // no BigBlueButton is connected
	VerdictMaintenance VerdictCode = "maintenance" // nothing starts now
	VerdictRefused     VerdictCode = "refused"     // the last launch was
	VerdictEnded       VerdictCode = "ended"       // the LMS has taken the person out of the course
	VerdictNotIn       VerdictCode = "not_in"      // the last try to join failed
	VerdictNotSeen     VerdictCode = "not_seen"    // sent in, but never seen inside
	VerdictJustSent    VerdictCode = "just_sent"   // it is too early to say
	VerdictWaits       VerdictCode = "waits"       // no class was running
	VerdictNoJoin      VerdictCode = "no_join"     // opened the page and did not click
	VerdictOldProof    VerdictCode = "old_proof"   // a moderator whom the LMS has not confirmed for a week
	VerdictUnknownRole VerdictCode = "unknown_role"
	VerdictNeverCame   VerdictCode = "never_came"
	VerdictInside      VerdictCode = "inside"
	VerdictFine        VerdictCode = "fine"
	VerdictNoClass     VerdictCode = "no_class"  // in a room: nobody has ever started one
	VerdictNoStart     VerdictCode = "no_start"  // in a room: the last start failed
	VerdictRunning     VerdictCode = "running"   // in a room: the class is there
	VerdictNotToday    VerdictCode = "not_today" // in a room: none runs now
)

// Grave says how bad it is: bad, warn or good.
func (v Verdict) Grave() string {
	switch v.Code {
	case VerdictInside, VerdictFine, VerdictRunning, VerdictNotToday:
		return "good"
	case VerdictDisabled, VerdictPending, VerdictNoServer, VerdictRefused, VerdictEnded, VerdictNotIn, VerdictNoStart:
		return "bad"
	}
	return "warn"
}

// How long somebody who was sent in may take to be seen, and how long somebody
// who was seen counts as inside.
const (
	arrivesWithin = 2 * time.Minute
	seenLately    = 3 * time.Minute
)

// judgePerson finds what keeps the person out: what keeps everybody out comes
// first, then what happened last.
func (c *Classroom) judgePerson(ctx context.Context, v PersonView) (Verdict, error) {
	if verdict, err := c.judgeTenant(ctx, v.Person.TenantID, v.Platform); err != nil || verdict.Code != "" {
		return verdict, err
	}
	verdict := judgeHappenings(v.Happenings, c.Now())
	if i := slices.IndexFunc(v.Places, func(p PersonPlace) bool { return p.Course.ID == verdict.About.CourseID }); i >= 0 {
		verdict.Place = v.Places[i]
	} else if len(v.Places) > 0 {
		verdict.Place = v.Places[0]
	}
	return judgePlace(verdict, c.Now()), nil
}

// judgeTenant finds what keeps everybody out.
func (c *Classroom) judgeTenant(ctx context.Context, tenantID string, p Platform) (Verdict, error) {
	switch {
	case p.Disabled:
		return Verdict{Code: VerdictDisabled}, nil
	case p.Pending:
		return Verdict{Code: VerdictPending}, nil
	}
	servers, err := c.Store.Servers(ctx, tenantID)
	if err != nil || len(servers) == 0 {
		return Verdict{Code: VerdictNoServer}, err
	}
	window, planned, err := c.Store.FindMaintenance(ctx, tenantID)
	if planned && window.Now(c.Now()) {
		return Verdict{Code: VerdictMaintenance}, err
	}
	return Verdict{}, err
}

// judgeHappenings goes back to the last thing that says how far the person came.
func judgeHappenings(all []Happening, now time.Time) Verdict {
	for i, h := range all {
		switch h.Kind {
		case HappenedRefusal:
			return Verdict{Code: VerdictRefused, About: h}
		case HappenedTry:
			return Verdict{Code: judgeTry(h, all[i:], all[:i], now), About: h}
		case HappenedSeen:
			return Verdict{Code: insideOr(h, now), About: h}
		case HappenedLaunch:
			if seen, found := seenSince(all[i:], h.At); found { // rejoined from a tab that was still open
				return Verdict{Code: insideOr(seen, now), About: seen}
			}
			return Verdict{Code: VerdictNoJoin, About: h}
		}
	}
	return Verdict{Code: VerdictNeverCame}
}

func judgeTry(h Happening, older, newer []Happening, now time.Time) VerdictCode {
	seen, found := seenSince(slices.Concat(older, newer), h.At)
	switch {
	case h.Result == "error.not_running" || h.Result == "error.already_ended":
		return VerdictWaits
	case h.Result != "":
		return VerdictNotIn
	case found:
		return insideOr(seen, now)
	case now.Sub(h.At) < arrivesWithin:
		return VerdictJustSent
	}
	return VerdictNotSeen
}

// seenSince finds whether the person was inside at, or after, that time.
func seenSince(all []Happening, at time.Time) (Happening, bool) {
	i := slices.IndexFunc(all, func(h Happening) bool { return h.Kind == HappenedSeen && !h.Until.Before(at) })
	if i < 0 {
		return Happening{}, false
	}
	return all[i], true
}

func insideOr(seen Happening, now time.Time) VerdictCode {
	if now.Sub(seen.Until) < seenLately {
		return VerdictInside
	}
	return VerdictFine
}

// judgePlace looks at the enrolment, where nothing worse was found.
func judgePlace(v Verdict, now time.Time) Verdict {
	e := v.Place.Enrolment
	if e.ID == "" || v.Grave() == "bad" || v.Code == VerdictInside {
		return v
	}
	switch {
	case !e.EndedAt.IsZero():
		v.Code = VerdictEnded
	case v.Code == VerdictNotSeen:
	case e.Moderator && now.Sub(e.ProvedAt) >= ProofAge:
		v.Code = VerdictOldProof
	case e.Why == WhyNoRole || e.Why == WhyUnknownRole:
		v.Code = VerdictUnknownRole
	}
	return v
}

// judgeRoom finds what keeps people out of a room.
func (c *Classroom) judgeRoom(ctx context.Context, v RoomTimeline) (Verdict, error) {
	if verdict, err := c.judgeTenant(ctx, v.Room.TenantID, v.Platform); err != nil || verdict.Code != "" {
		return verdict, err
	}
	for _, h := range v.Happenings {
		switch {
		case h.Kind == HappenedTry && h.Act == TryStart && !JoinTry{Result: h.Result}.Sent():
			return Verdict{Code: VerdictNoStart, About: h}, nil
		case h.Kind == HappenedClass && (h.State == string(MeetingRunning) || h.State == string(MeetingStarting)):
			return Verdict{Code: VerdictRunning, About: h}, nil
		case h.Kind == HappenedClass && h.State == string(MeetingFailed):
			return Verdict{Code: VerdictNoStart, About: h}, nil
		case h.Kind == HappenedClass:
			return Verdict{Code: VerdictNotToday, About: h}, nil
		}
	}
	return Verdict{Code: VerdictNoClass}, nil
}
