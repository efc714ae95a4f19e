package storage_test

import (
	"fmt"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

func newRoster(c classroom.Course, due time.Time) classroom.Roster {
	return classroom.Roster{CourseID: c.ID, TenantID: c.TenantID, DueAt: due, CreatedAt: due, UpdatedAt: due}
}

func TestRoster(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		if _, found, err := db.FindRoster(t.Context(), s.course.ID); found || err != nil {
			t.Errorf("a roster of nothing: %v, %v", found, err)
		}
		now := storagetest.Now()
		want := newRoster(s.course, now)
		must(t, db.CreateRoster(t.Context(), want))
		want.PassAt, want.PassFull, want.NextURL, want.DifferencesURL = now, true, "https://lms.example/m?p=2", "https://lms.example/m?since=1"
		want.Pages, want.Members, want.TellsGroups, want.Doubted, want.Failures = 3, 200, true, true, 2
		want.ReadAt, want.FullAt, want.WorkingAt = now.Add(-time.Hour), now.Add(-2*time.Hour), now
		want.Problem, want.Detail, want.UpdatedAt = classroom.RosterRefused, "status 403", now.Add(time.Minute)
		must(t, db.SaveRoster(t.Context(), want))
		must(t, db.CreateRoster(t.Context(), newRoster(s.course, now.Add(time.Hour)))) // changes nothing
		read, _, err := db.FindRoster(t.Context(), s.course.ID)
		must(t, err)
		diff(t, want, read)
		wantCode(t, db.SaveRoster(t.Context(), newRoster(classroom.Course{ID: "none"}, now)), classroom.NotFound)

		first := got[bool](t)(db.AskRoster(t.Context(), s.course.ID, now, now.Add(-time.Minute)))
		second := got[bool](t)(db.AskRoster(t.Context(), s.course.ID, now.Add(time.Second), now.Add(time.Second-time.Minute)))
		if !first || second {
			t.Errorf("asked for: %v, then %v", first, second)
		}
		must(t, db.SaveRoster(t.Context(), want)) // which does not know of it
		if read, _, err = db.FindRoster(t.Context(), s.course.ID); err != nil || !read.AskedAt.Equal(now) {
			t.Errorf("asked at %v, %v", read.AskedAt, err)
		}
	})
}

func TestRostersDue(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		now := storagetest.Now()
		others := storagetest.Platform(t, db)
		add := func(p classroom.Platform, due time.Duration) classroom.Course {
			c := storagetest.Course(t, db, p)
			must(t, db.CreateRoster(t.Context(), newRoster(c, now.Add(due))))
			return c
		}
		a, b, c := add(s.platform, -3*time.Hour), add(s.platform, -2*time.Hour), add(s.platform, -time.Hour)
		add(s.platform, time.Hour)
		other := add(others, -time.Minute)
		launched := storagetest.Enrolment(t, db, b, s.teacher, true)
		launched.LaunchedAt = now.Add(-time.Hour)
		must(t, db.SaveEnrolment(t.Context(), launched))
		due := func(perPlatform int) []classroom.DueRoster {
			t.Helper()
			return got[[]classroom.DueRoster](t)(db.RostersDue(t.Context(), classroom.RosterQuery{
				Now: now, WorkedSince: now.Add(-time.Minute), LaunchedSince: now.Add(-24 * time.Hour), PerPlatform: perPlatform, Limit: 10,
			}))
		}
		diff(t, []classroom.DueRoster{{CourseID: a.ID, PlatformID: s.platform.ID, Active: false}, {CourseID: b.ID, PlatformID: s.platform.ID, Active: true}, {CourseID: other.ID, PlatformID: others.ID, Active: false}}, due(2))
		must(t, db.WorkRoster(t.Context(), a.ID, now))
		must(t, db.WaitRoster(t.Context(), b.ID, now.Add(time.Second)))
		must(t, db.DisablePlatform(t.Context(), others.TenantID, others.ID))
		diff(t, []classroom.DueRoster{{CourseID: c.ID, PlatformID: s.platform.ID, Active: false}}, due(2))
		diff(t, map[string]int{s.platform.ID: 1}, got[map[string]int](t)(db.RostersUnderWay(t.Context(), now)))
	})
}

// class is a school whose course has so many learners.
func class(t *testing.T, db *storage.DB, n int) (s school, people []classroom.Person) {
	t.Helper()
	s = newSchool(t, db)
	for i := range n {
		p := storagetest.Person(t, db, s.platform, fmt.Sprintf("Person %02d", i))
		storagetest.Enrolment(t, db, s.course, p, false)
		people = append(people, p)
	}
	return s, people
}

func idsOf(people ...classroom.Person) []string {
	var ids []string
	for _, p := range people {
		ids = append(ids, p.ID)
	}
	return ids
}

func TestPersonsAndEnrolmentsByTheDozen(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s, people := class(t, db, 2)
		fresh := classroom.Person{ID: storagetest.ID(), TenantID: s.platform.TenantID, PlatformID: s.platform.ID, Subject: "fresh", CreatedAt: storagetest.Now()}
		double := fresh
		double.ID, double.Subject = storagetest.ID(), people[0].Subject
		must(t, db.CreatePersons(t.Context(), []classroom.Person{fresh, double}))
		must(t, db.CreatePersons(t.Context(), nil))
		found := got[[]classroom.Person](t)(db.PersonsBySubject(t.Context(), s.platform.ID, []string{"fresh", people[0].Subject, "nobody", ""}))
		diff(t, []string{people[0].ID, fresh.ID}, idsOf(found...))
		if none := got[[]classroom.Person](t)(db.PersonsBySubject(t.Context(), storagetest.Platform(t, db).ID, []string{"fresh"})); len(none) > 0 {
			t.Error("a subject of another registration is found")
		}

		known := got[[]classroom.Enrolment](t)(db.Enrolments(t.Context(), s.course.ID, idsOf(people...)))
		mine := classroom.Enrolment{ID: storagetest.ID(), TenantID: s.course.TenantID, CourseID: s.course.ID, PersonID: fresh.ID, Counted: true, GroupIDs: "1\n2",
			CreatedAt: fresh.CreatedAt, UpdatedAt: fresh.CreatedAt}
		again := mine
		again.ID, again.PersonID = storagetest.ID(), people[0].ID
		must(t, db.CreateEnrolments(t.Context(), []classroom.Enrolment{mine, again}))
		must(t, db.Tx(t.Context(), func(tx classroom.Tx) error {
			if _, err := tx.ShareCourse(t.Context(), s.course.ID); err != nil {
				return err
			}
			locked, err := tx.LockEnrolments(t.Context(), s.course.ID, append(idsOf(people...), fresh.ID))
			diff(t, append(known, mine), locked)
			return err
		}))
		at := storagetest.Now()
		must(t, db.MarkListed(t.Context(), s.course.ID, []string{people[1].ID}, at))
		e, _, err := db.FindEnrolment(t.Context(), people[1].ID, s.course.ID)
		if must(t, err); !e.RosterAt.Equal(at) {
			t.Errorf("marked at %v, want %v", e.RosterAt, at)
		}
		must(t, db.MarkListed(t.Context(), s.course.ID, []string{people[1].ID}, at.Add(-time.Minute))) // by one who is late
		if n := got[int64](t)(db.CountListed(t.Context(), s.course.ID, at)); n != 1 {
			t.Errorf("%d are listed", n)
		}
	})
}

func TestUnlisted(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s, people := class(t, db, 6)
		pass := storagetest.Now()
		storagetest.Launch(t, db, s.room, people[0]) // after the pass began
		must(t, db.MarkListed(t.Context(), s.course.ID, idsOf(people[1]), pass))
		must(t, db.MarkListed(t.Context(), s.course.ID, idsOf(people[2]), pass.Add(-time.Hour)))
		change := func(p classroom.Person, alter func(*classroom.Enrolment)) {
			e, _, err := db.FindEnrolment(t.Context(), p.ID, s.course.ID)
			must(t, err)
			alter(&e)
			must(t, db.SaveEnrolment(t.Context(), e))
		}
		change(people[3], func(e *classroom.Enrolment) { e.Counted = false })
		change(people[4], func(e *classroom.Enrolment) { e.EndedAt = pass })
		q := classroom.RosterPass{CourseID: s.course.ID, At: pass, Gone: pass.Add(-time.Microsecond), Full: true}
		unlisted := func() (ids []string) {
			for after := ""; ; {
				page := got[[]classroom.Enrolment](t)(db.Unlisted(t.Context(), q, after, 1))
				if len(page) == 0 {
					return ids
				}
				after = page[0].PersonID
				ids = append(ids, after)
			}
		}
		diff(t, idsOf(people[2], people[5]), unlisted())
		none, all, err := db.CountUnlisted(t.Context(), q)
		if must(t, err); none != 2 || all != 4 {
			t.Errorf("%d of %d are unlisted", none, all)
		}
		q.Full = false // whom the pass says to have left, also those who do not count
		must(t, db.MarkListed(t.Context(), s.course.ID, idsOf(people[0], people[1], people[3], people[5]), q.Gone))
		diff(t, idsOf(people[3], people[5]), unlisted())
	})
}

func TestListedPeopleBegin(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s, people := class(t, db, 5)
		pass := storagetest.Now()
		enrolled := func(p classroom.Person) classroom.Enrolment {
			e, _, err := db.FindEnrolment(t.Context(), p.ID, s.course.ID)
			must(t, err)
			return e
		}
		for i, alter := range []func(*classroom.Enrolment){
			func(e *classroom.Enrolment) { e.EndedAt = pass },                          // has left, and is not listed
			func(e *classroom.Enrolment) { e.RosterAt = pass },                         // is in the course
			func(e *classroom.Enrolment) { e.RosterAt, e.EndedAt = pass, e.CreatedAt }, // is new
			func(e *classroom.Enrolment) { e.RosterAt, e.EndedAt = pass, pass },        // returns
			func(e *classroom.Enrolment) { e.RosterAt, e.EndedAt, e.Counted = pass, pass, false },
		} {
			e := enrolled(people[i])
			e.CreatedAt = pass.Add(-time.Hour)
			alter(&e)
			must(t, db.SaveEnrolment(t.Context(), e))
		}
		if n := got[int64](t)(db.CountListed(t.Context(), s.course.ID, pass)); n != 3 {
			t.Errorf("%d are listed", n)
		}
		diff(t, idsOf(people[2]), got[[]string](t)(db.NotBegun(t.Context(), s.course.ID, pass, 1)))
		diff(t, idsOf(people[2], people[3]), got[[]string](t)(db.NotBegun(t.Context(), s.course.ID, pass, 9)))
		must(t, db.BeginEnrolments(t.Context(), s.course.ID, idsOf(people[2], people[3]), pass))
		for i, lasts := range []bool{false, true, true, true, false} {
			if e := enrolled(people[i]); e.EndedAt.IsZero() != lasts {
				t.Errorf("enrolment %d %+v", i, e)
			}
		}
	})
}

func TestWhoHasLaunched(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s, people := class(t, db, 3)
		e, _, err := db.FindEnrolment(t.Context(), people[0].ID, s.course.ID)
		must(t, err)
		e.LaunchedAt = storagetest.Now()
		must(t, db.SaveEnrolment(t.Context(), e))
		diff(t, idsOf(people[0]), got[[]string](t)(db.Launched(t.Context(), idsOf(people...))))

	})
}

func TestWhoHasLaunchedAsAModerator(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s, people := class(t, db, 4)
		now := storagetest.Now()
		launch := func(p classroom.Person, r classroom.Room, moderator bool, age time.Duration) {
			at := now.Add(-age)
			must(t, db.CreateLaunch(t.Context(), classroom.Launch{
				ID: storagetest.ID(), TenantID: r.TenantID, PlatformID: p.PlatformID, Nonce: storagetest.ID(), PersonID: p.ID,
				CourseID: r.CourseID, RoomID: r.ID, Moderator: moderator, CreatedAt: at, SeenAt: at,
			}))
		}
		elsewhere := storagetest.Room(t, db, storagetest.Course(t, db, s.platform))
		launch(people[0], s.room, false, 3*time.Hour)
		launch(people[0], s.room, true, time.Hour)
		launch(people[1], s.room, true, 2*time.Hour)
		launch(people[1], s.room, false, time.Hour) // the newest
		launch(people[2], s.room, true, 5*time.Hour)
		launch(people[3], elsewhere, true, time.Hour)
		found := got[[]string](t)(db.LaunchedAsModerators(t.Context(), s.course.ID, idsOf(people...), now.Add(-4*time.Hour)))
		diff(t, idsOf(people[0]), found)
	})
}

func TestEndEnrolments(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s, people := class(t, db, 2)
		gone := storagetest.Launch(t, db, s.room, people[0])
		stays := storagetest.Launch(t, db, s.room, people[1])
		elsewhere := storagetest.Launch(t, db, storagetest.Room(t, db, storagetest.Course(t, db, s.platform)), people[0])
		at := storagetest.Now()
		must(t, db.EndEnrolments(t.Context(), s.course.ID, idsOf(people[0]), at))
		for _, want := range []struct {
			launch classroom.Launch
			ended  bool
		}{{gone, true}, {stays, false}, {elsewhere, false}} {
			l, _, err := db.FindLaunch(t.Context(), want.launch.ID)
			if must(t, err); l.EndedAt.IsZero() == want.ended {
				t.Errorf("ended at %v, want %v", l.EndedAt, want.ended)
			}
		}
		e, _, err := db.FindEnrolment(t.Context(), people[0].ID, s.course.ID)
		if must(t, err); !e.EndedAt.Equal(at) {
			t.Errorf("ended at %v", e.EndedAt)
		}
	})
}

func TestAdmissionsComeAndGo(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s, people := class(t, db, 3)
		now := storagetest.Now()
		in := classroom.Admission{TenantID: s.course.TenantID, CourseID: s.course.ID, PersonID: people[0].ID, ChatUserID: "chat-0", State: classroom.AdmissionDone, UpdatedAt: now}
		must(t, db.SaveAdmission(t.Context(), in))
		waiting := got[[]string](t)(db.WantAdmissions(t.Context(), s.course, idsOf(people[:2]...), now))
		diff(t, idsOf(people[1]), waiting)
		diff(t, idsOf(people[0]), got[[]string](t)(db.LeaveAdmissions(t.Context(), s.course.ID, idsOf(people...), now)))
		leaving, _, err := db.FindAdmission(t.Context(), s.course.ID, people[0].ID)
		must(t, err)
		in.State = classroom.AdmissionLeaving
		diff(t, in, leaving)
		if left := got[bool](t)(db.HaveLeft(t.Context(), s.course.ID, people[0].ID, now)); !left {
			t.Error("who leaves has not left")
		}
		if left := got[bool](t)(db.HaveLeft(t.Context(), s.course.ID, people[1].ID, now)); left {
			t.Error("who was never in has left")
		}
		diff(t, idsOf(people[:2]...), got[[]string](t)(db.WantAdmissions(t.Context(), s.course, idsOf(people[:2]...), now)))
	})
}

func TestAccountStays(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s, people := class(t, db, 4)
		mine := classroom.Admission{TenantID: s.course.TenantID, CourseID: s.course.ID, PersonID: people[0].ID, ChatUserID: "account"}
		stays := func(email string, want bool) {
			t.Helper()
			if stays := got[bool](t)(db.AccountStays(t.Context(), mine, email)); stays != want {
				t.Errorf("the account stays: %v, want %v", stays, want)
			}
		}
		stays(people[0].Email, false)
		stays("PERSON 01@example.org", true)
		other := mine
		other.PersonID, other.State = people[2].ID, classroom.AdmissionDone
		must(t, db.SaveAdmission(t.Context(), other))
		stays("", true)
		must(t, db.EndEnrolments(t.Context(), s.course.ID, idsOf(people[2]), storagetest.Now()))
		stays("", false)
		must(t, db.CreateChatLink(t.Context(), classroom.ChatLink{ID: storagetest.ID(), TenantID: s.course.TenantID, PlatformID: s.platform.ID, PersonID: people[3].ID, ChatUserID: "account"}))
		stays("", true)
	})
}
