package classroom

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"classbridge/lti"
)

const (
	rosterSlice    = 12 * time.Second // one piece of work; the queue ends what takes 30
	rosterCall     = 22 * time.Second // until a call that hangs must have ended
	rosterPause    = time.Second      // between two pieces
	rosterPassLife = 2 * time.Hour    // the pages of a pass are not believed for longer
	rosterPage     = 200              // members to ask for at a time; platforms may give others
	rosterBatch    = 200              // members that one transaction enrols
	rosterPages    = 10_000           // that a pass may have
)

var (
	// errSlice ends a piece of work in the middle of a page.
	errSlice = errors.New("more of the roster is read later")
	// errSlowPage ends one whose time the platform has used up.
	errSlowPage = errors.New("a page of the roster takes too long to come")
)

// pass is one piece of work on the reading of a roster.
type pass struct {
	*Classroom
	course   Course
	platform Platform
	roster   Roster
	until    time.Time
	progress bool // it has made some: the next one will come further
}

// syncRoster goes on reading the roster of a course, or begins to. What has been
// read is stored after every page: whoever comes after a crash goes on there. A
// platform's failure is no error: it is stored, with when to try again.
func (c *Classroom) syncRoster(ctx context.Context, courseID string) (Outcome, error) {
	s, err := c.openPass(ctx, courseID)
	if err != nil || s == nil {
		return Outcome{}, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, rosterCall, errSlowPage)
	defer cancel()
	for s.roster.NextURL != "" {
		err := s.readPage(ctx)
		switch {
		case errors.Is(err, errSlice):
			return Outcome{Again: rosterPause}, nil
		case err != nil:
			return s.failed(ctx, err)
		}
	}
	return s.finish(ctx)
}

// openPass finds the pass to go on with; nil if there is nothing to read.
func (c *Classroom) openPass(ctx context.Context, courseID string) (*pass, error) {
	roster, found, err := c.Store.FindRoster(ctx, courseID)
	if err != nil || !found {
		return nil, err
	}
	s := &pass{Classroom: c, roster: roster, until: c.Now().Add(rosterSlice)}
	if s.course, err = c.Store.Course(ctx, courseID); err != nil {
		return nil, fmt.Errorf("roster: %w", err)
	}
	if s.platform, err = c.Store.Platform(ctx, s.course.PlatformID); err != nil {
		return nil, fmt.Errorf("roster: %w", err)
	}
	if err := c.connected(ctx, s.course); Is(err, Forbidden) || err == nil && !s.course.HasRoster() {
		s.rest(rosterAsleep)
		return nil, c.Store.SaveRoster(ctx, s.roster)
	} else if err != nil {
		return nil, fmt.Errorf("roster: %w", err)
	}
	if now := c.Now(); s.roster.PassAt.IsZero() || now.Sub(s.roster.PassAt) > rosterPassLife || !s.ofPlatform(s.roster.NextURL) {
		s.begin(now)
	}
	s.roster.WorkingAt = c.Now()
	return s, s.save(ctx)
}

// begin starts a pass: of everybody once a day and when a person asks, otherwise
// of what has changed, where the platform tells.
func (s *pass) begin(now time.Time) {
	r := &s.roster
	// Both databases keep microseconds, and marks are compared with this time.
	r.PassAt, r.Pages = now.UTC().Truncate(time.Microsecond), 0
	r.PassFull = r.DifferencesURL == "" || !s.ofPlatform(r.DifferencesURL) || now.Sub(r.FullAt) > rosterFull || r.AskedAt.After(r.FullAt)
	r.NextURL = r.DifferencesURL
	if r.PassFull {
		r.NextURL, r.DifferencesURL = lti.RosterURL(s.course.RosterURL, rosterPage), ""
	}
}

// ofPlatform reports whether an address that was stored is of the same origin as
// the one that launches tell now: the course may have moved to another address or
// registration, whose token is not for the old one.
func (s *pass) ofPlatform(stored string) bool {
	if stored == "" {
		return true
	}
	a, errA := url.Parse(stored)
	b, errB := url.Parse(s.course.RosterURL)
	return errA == nil && errB == nil && a.Scheme == b.Scheme && a.Host == b.Host
}

func (s *pass) save(ctx context.Context) error {
	s.roster.UpdatedAt = s.Now()
	return s.Store.SaveRoster(ctx, s.roster)
}

// readPage enrols the members of one page, batch by batch, and stores where the
// next one is. A page that is longer than the time for it is read again: who is
// marked by then costs next to nothing. Where the platform is what takes so long,
// nothing would come of that: the time for a call ends it then.
func (s *pass) readPage(ctx context.Context) error {
	if s.roster.Pages >= rosterPages {
		return &lti.ServiceError{Service: lti.ServiceRoster, Platform: s.platform.ID, Detail: "pages without end", Code: "too_many_pages"}
	}
	batch := make([]lti.Member, 0, rosterBatch)
	page, err := s.Services.Members(ctx, s.access(), s.roster.NextURL, func(m lti.Member) error {
		if len(batch) < rosterBatch {
			batch = append(batch, m)
			return nil
		}
		if err := s.enrol(ctx, batch); err != nil {
			return err
		}
		batch = append(batch[:0], m)
		if !s.progress {
			return nil
		}
		return s.over()
	})
	if err == nil {
		err = s.enrol(ctx, batch)
	}
	if err != nil {
		return err
	}
	s.ofCourse(ctx, page)
	s.roster.NextURL, s.roster.WorkingAt, s.progress = page.Next, s.Now(), true
	s.roster.Pages++
	if page.Differences != "" {
		s.roster.DifferencesURL = page.Differences
	}
	if err := s.save(ctx); err != nil || page.Next == "" {
		return err
	}
	return s.over()
}

// ofCourse tells the operator of a roster that says to be another course's. That
// alone proves nothing: platforms write the id in other forms than in launches.
func (s *pass) ofCourse(ctx context.Context, page lti.MembersPage) {
	if s.roster.Pages == 0 && page.ContextID != "" && page.ContextID != s.course.ContextID {
		s.Log.InfoContext(ctx, "a roster names another course", "course", s.course.ID, "platform", s.platform.ID, "context", page.ContextID)
	}
}

func (s *pass) access() lti.Access {
	return lti.Access{Platform: s.platform.Platform, DeploymentID: s.course.DeploymentID}
}

// over ends the piece of work when its time is up.
func (s *pass) over() error {
	if s.Now().Before(s.until) {
		return nil
	}
	return errSlice
}
