package storage_test

import (
	"strings"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

func TestCourseChannels(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		now := storagetest.Now()
		other := storagetest.Course(t, db, s.platform)
		other.Title, other.Channel, other.ChannelID, other.ChannelName = "100% Ökologie", classroom.ChannelOpen, "ch-1", "bbb-eco"
		must(t, db.SaveCourse(t.Context(), other))
		storagetest.Enrolment(t, db, other, s.teacher, true)
		must(t, db.SaveAdmission(t.Context(), classroom.Admission{TenantID: other.TenantID, CourseID: other.ID, PersonID: s.teacher.ID, State: classroom.AdmissionDone, UpdatedAt: now}))

		open, none := classroom.ChannelOpen, classroom.ChannelNone
		for _, test := range []struct {
			q    classroom.CourseChannelQuery
			want []string
		}{
			{classroom.CourseChannelQuery{}, []string{other.ID, s.course.ID}},
			{classroom.CourseChannelQuery{Search: "ökologie"}, []string{other.ID}},
			{classroom.CourseChannelQuery{Search: "100%"}, []string{other.ID}},
			{classroom.CourseChannelQuery{Search: "BBB-eco"}, []string{other.ID}},
			{classroom.CourseChannelQuery{Search: "_"}, nil},
			{classroom.CourseChannelQuery{State: &open}, []string{other.ID}},
			{classroom.CourseChannelQuery{State: &none}, []string{s.course.ID}},
			{classroom.CourseChannelQuery{State: &none, Search: "100"}, nil},
		} {
			q := test.q
			q.TenantID, q.Limit = s.course.TenantID, 10
			list := got[[]classroom.CourseChannel](t)(db.CourseChannels(t.Context(), q))
			var ids []string
			for _, one := range list {
				ids = append(ids, one.Course.ID)
			}
			diff(t, test.want, ids)
			if n := got[int64](t)(db.CountCourseChannels(t.Context(), q)); int(n) != len(ids) {
				t.Errorf("%+v: counted %d, listed %d", test.q, n, len(ids))
			}
		}
		q := classroom.CourseChannelQuery{TenantID: s.course.TenantID, State: &open, Limit: 10}
		diff(t, []classroom.CourseChannel{{Course: other, Platform: s.platform.Name, Enrolled: 1, Members: 1}}, got[[]classroom.CourseChannel](t)(db.CourseChannels(t.Context(), q)))
		q.TenantID = otherTenant(t, db).ID
		if list := got[[]classroom.CourseChannel](t)(db.CourseChannels(t.Context(), q)); len(list) != 0 {
			t.Errorf("another tenant sees %+v", list)
		}
		_, err := db.CourseOf(t.Context(), q.TenantID, other.ID)
		wantCode(t, err, classroom.NotFound)
		if id, found, err := db.CourseOfChannel(t.Context(), "ch-1"); err != nil || !found || id != other.ID {
			t.Errorf("CourseOfChannel = %s, %v, %v", id, found, err)
		}
		if _, found, err := db.CourseOfChannel(t.Context(), ""); err != nil || found {
			t.Errorf("CourseOfChannel of none = %v, %v", found, err)
		}
	})
}

// Everybody of a course is in its channel, or there is a reason why not.
func TestPresences(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		now := storagetest.Now()
		person := func(name, email string, linked bool, state classroom.AdmissionState, change func(*classroom.Enrolment)) {
			p := storagetest.Person(t, db, s.platform, name)
			p.Email = email
			must(t, db.SavePerson(t.Context(), p))
			e := storagetest.Enrolment(t, db, s.course, p, false)
			if change != nil {
				change(&e)
				must(t, db.SaveEnrolment(t.Context(), e))
			}
			if linked {
				must(t, db.CreateChatLink(t.Context(), classroom.ChatLink{ID: storagetest.ID(), TenantID: p.TenantID, PlatformID: p.PlatformID, PersonID: p.ID, ChatUserID: "u-" + name, Username: strings.ToLower(name), CreatedAt: now}))
			}
			if state != "" {
				must(t, db.SaveAdmission(t.Context(), classroom.Admission{TenantID: p.TenantID, CourseID: s.course.ID, PersonID: p.ID, State: state, UpdatedAt: now}))
			}
		}
		ended := func(e *classroom.Enrolment) { e.EndedAt = e.CreatedAt.Add(time.Hour) }
		person("Ada", "ada@x", true, classroom.AdmissionDone, nil)
		person("Bob", "bob@x", false, classroom.AdmissionWanted, nil)
		person("Cyd", "cyd@x", false, classroom.AdmissionFull, nil)
		person("Dan", "dan@x", false, classroom.AdmissionNoAccount, nil)
		person("Eve", "", false, classroom.AdmissionNoAccount, nil)
		person("Fay", "fay@x", true, classroom.AdmissionNoAccount, nil)
		person("Gil", "gil@x", false, "", nil)
		person("Hal", "hal@x", false, "", func(e *classroom.Enrolment) { e.Counted = false })
		person("Ida", "ida@x", false, classroom.AdmissionLeaving, ended)
		person("Jan", "jan@x", false, classroom.AdmissionEnded, ended)
		person("Kim", "kim@x", false, classroom.AdmissionEnded, nil) // back again
		want := map[string]classroom.Presence{
			"Ada": classroom.PresenceMember, "Bob": classroom.PresenceWaiting, "Cyd": classroom.PresenceFull, "Dan": classroom.PresenceNoAccount,
			"Eve": classroom.PresenceNotLinked, "Fay": classroom.PresenceDeadLink, "Gil": classroom.PresenceNever, "Hal": classroom.PresenceUncounted,
			"Ida": classroom.PresenceLeaving, "Jan": classroom.PresenceEnded, "Kim": classroom.PresenceWaiting,
		}
		q := classroom.PresenceQuery{CourseID: s.course.ID, MatchEmail: true, Limit: 100}
		all := map[string]classroom.Presence{}
		for _, m := range got[[]classroom.PresentMember](t)(db.Presences(t.Context(), q)) {
			all[m.Name] = m.Presence
		}
		diff(t, want, all)
		counts := got[map[classroom.Presence]int64](t)(db.CountPresences(t.Context(), q))
		for _, one := range classroom.Presences() {
			n := int64(1)
			if one == classroom.PresenceWaiting {
				n = 2
			}
			if counts[one] != n {
				t.Errorf("%d are %s, want %d", counts[one], one, n)
			}
		}
		q.Presence, q.Search = classroom.PresenceWaiting, "ki"
		if list := got[[]classroom.PresentMember](t)(db.Presences(t.Context(), q)); len(list) != 1 || list[0].Name != "Kim" {
			t.Errorf("waiting and called so: %+v", list)
		}
		q.Presence, q.Search, q.MatchEmail = classroom.PresenceNotLinked, "", false
		if list := got[[]classroom.PresentMember](t)(db.Presences(t.Context(), q)); len(list) != 2 {
			t.Errorf("not linked where addresses are not used: %+v", list)
		}

		must(t, db.WantAllAdmissions(t.Context(), s.course, now))
		counts = got[map[classroom.Presence]int64](t)(db.CountPresences(t.Context(), classroom.PresenceQuery{CourseID: s.course.ID, MatchEmail: true}))
		diff(t, map[classroom.Presence]int64{classroom.PresenceWaiting: 8, classroom.PresenceUncounted: 1, classroom.PresenceLeaving: 1, classroom.PresenceEnded: 1}, counts)
	})
}

func TestOpenAnnouncements(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		now := storagetest.Now()
		make := func(state classroom.AnnouncementState, problem string, at time.Duration) classroom.Announcement {
			a := classroom.Announcement{
				ID: storagetest.ID(), TenantID: s.course.TenantID, CourseID: s.course.ID, RoomID: s.room.ID, State: state,
				Problem: problem, CreatedAt: now.Add(at), UpdatedAt: now,
			}
			if problem != "" {
				a.Failures, a.FailedAt = 2, now
			}
			must(t, db.CreateAnnouncement(t.Context(), a))
			return a
		}
		failing := make(classroom.AnnouncementWaiting, "403", time.Minute)
		waiting := make(classroom.AnnouncementWaiting, "", 0)
		edit := make(classroom.AnnouncementPosted, "busy", 2*time.Minute)
		make(classroom.AnnouncementPosted, "", 0)
		make(classroom.AnnouncementDropped, "", 0)
		var want []classroom.OpenAnnouncement
		for _, a := range []classroom.Announcement{waiting, failing, edit} {
			want = append(want, classroom.OpenAnnouncement{Announcement: a, Course: s.course.Title, Room: s.room.Title})
		}
		diff(t, want, got[[]classroom.OpenAnnouncement](t)(db.OpenAnnouncements(t.Context(), s.course.TenantID, 0, 10)))
		diff(t, want[2:], got[[]classroom.OpenAnnouncement](t)(db.OpenAnnouncements(t.Context(), s.course.TenantID, 2, 10)))
		w, f, err := db.CountOpenAnnouncements(t.Context(), s.course.TenantID)
		must(t, err)
		if w != 1 || f != 2 {
			t.Errorf("%d wait, %d fail", w, f)
		}
		other := otherTenant(t, db).ID
		if list := got[[]classroom.OpenAnnouncement](t)(db.OpenAnnouncements(t.Context(), other, 0, 10)); len(list) != 0 {
			t.Errorf("another tenant sees %+v", list)
		}
		_, err = db.AnnouncementOf(t.Context(), other, waiting.ID)
		wantCode(t, err, classroom.NotFound)
	})
}

func TestChatVisits(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		now := storagetest.Now()
		v := classroom.ChatVisit{
			ID: storagetest.ID(), TenantID: classroom.DefaultTenant, AccountID: "account", State: classroom.ChatVisitPlanned,
			Session: classroom.ChatSession{Username: "root", Token: "canary-session", Ours: true},
			Wish: classroom.ChatWish{
				Purpose: classroom.ChatConnects, URL: "https://chat.example", Team: "school",
				Current: classroom.ChatConnection{Token: "canary-token", OAuthSecret: "canary-oauth"},
			},
			Plan:      classroom.ChatPlan{Changes: []classroom.ChatChange{{Key: "k", Text: "T", Why: "W", ServerWide: true, Asked: true}}},
			ExpiresAt: now.Add(10 * time.Minute), CreatedAt: now, UpdatedAt: now,
		}
		must(t, db.CreateChatVisit(t.Context(), v))
		for _, c := range []string{"token", "wish", "plan", "report"} {
			if text := column(t, db, "SELECT "+c+" FROM chat_visits"); strings.Contains(text, "canary") {
				t.Errorf("%s holds a secret: %s", c, text)
			}
		}
		v.Wish.Current = classroom.ChatConnection{}
		find := func() classroom.ChatVisit {
			t.Helper()
			found, ok, err := db.FindChatVisit(t.Context(), v.TenantID, v.AccountID, v.ID)
			must(t, err)
			if !ok {
				t.Fatal("not found")
			}
			return found
		}
		diff(t, v, find())
		for _, who := range [][2]string{{"another", v.AccountID}, {v.TenantID, "another"}} {
			if _, found, err := db.FindChatVisit(t.Context(), who[0], who[1], v.ID); err != nil || found {
				t.Errorf("found by %q: %v", who, err)
			}
		}
		must(t, db.TurnChatVisit(t.Context(), v.ID, classroom.ChatVisitPlanned, classroom.ChatVisitWorking, now))
		wantCode(t, db.TurnChatVisit(t.Context(), v.ID, classroom.ChatVisitPlanned, classroom.ChatVisitWorking, now), classroom.Conflict)
		v.State, v.Report = classroom.ChatVisitDone, classroom.ChatReport{Done: []string{"done"}}
		must(t, db.KeepChatReport(t.Context(), v))
		diff(t, v, find())
		must(t, db.ForgetChatVisits(t.Context(), now.Add(time.Hour)))
		must(t, db.EndChatVisit(t.Context(), v))
		v.Session.Token = ""
		diff(t, v, find())
		must(t, db.ForgetChatVisits(t.Context(), now.Add(time.Hour)))
		if _, found, err := db.FindChatVisit(t.Context(), v.TenantID, v.AccountID, v.ID); err != nil || found {
			t.Errorf("kept for ever: %v", err)
		}
	})
}

func TestLeaveAgain(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		now := storagetest.Now()
		enrolled := func(name, account string, gone bool, state classroom.AdmissionState) classroom.Person {
			p := storagetest.Person(t, db, s.platform, name)
			e := storagetest.Enrolment(t, db, s.course, p, false)
			if gone {
				e.EndedAt = now
				must(t, db.SaveEnrolment(t.Context(), e))
			}
			must(t, db.SaveAdmission(t.Context(), classroom.Admission{TenantID: p.TenantID, CourseID: s.course.ID, PersonID: p.ID, ChatUserID: account, State: state, UpdatedAt: now}))
			return p
		}
		left := enrolled("Ada", "u-ada", true, classroom.AdmissionEnded)
		enrolled("Bob", "", true, classroom.AdmissionEnded) // never in it
		enrolled("Cyd", "u-cyd", false, classroom.AdmissionEnded)
		enrolled("Dan", "u-dan", false, classroom.AdmissionDone)
		diff(t, []string{left.ID}, got[[]string](t)(db.LeaveAgain(t.Context(), s.course.ID, now)))
		diff(t, []string(nil), got[[]string](t)(db.LeaveAgain(t.Context(), s.course.ID, now)))
	})
}
