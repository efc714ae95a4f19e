package classroom_test

import (
	"crypto/hmac"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"classbridge/bbb/bbbtest"
	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"

	"github.com/google/go-cmp/cmp"
)

// stays is how many minutes people are inside, the teacher to the end.
type stays map[classroom.Access]int

// holds lets the teacher hold a class of so many minutes, at which is looked each
// minute, and answers it when it has ended.
func (w *world) holds(by classroom.Access, minutes int, others stays) classroom.Meeting {
	w.t.Helper()
	m := w.begins(by)
	for a := range others {
		must(w.t, w.bbb.EnterAs(m.ID, bbbtest.Person{UserID: bbbID(a), Name: a.Person.Name, Role: "VIEWER"}))
	}
	w.look(m)
	for minute := 1; minute <= minutes; minute++ {
		w.wait(time.Minute)
		w.look(m)
		for a, stay := range others {
			if stay == minute {
				must(w.t, w.bbb.Leave(m.ID, bbbID(a)))
			}
		}
	}
	must(w.t, w.End(w.t.Context(), by))
	w.look(m)
	return w.stored(m)
}

// begins starts a class in which nobody but the teacher is.
func (w *world) begins(by classroom.Access) classroom.Meeting {
	w.t.Helper()
	_, err := w.Start(w.t.Context(), by, false)
	must(w.t, err)
	m := w.meeting(by)
	must(w.t, w.bbb.EnterAs(m.ID, bbbtest.Person{UserID: bbbID(by), Name: by.Person.Name, Role: "MODERATOR"}))
	return m
}

func bbbID(a classroom.Access) string {
	if a.Enrolment.Counted {
		return "p-" + a.Person.ID
	}
	return "x-" + a.Person.ID
}

func (w *world) stored(m classroom.Meeting) classroom.Meeting {
	w.t.Helper()
	m, err := w.db.Meeting(w.t.Context(), m.ID)
	must(w.t, err)
	return m
}

// attendance is the sheet as the visit sees it, by person: minutes inside of
// minutes held, or absent.
func (w *world) attendance(a classroom.Access, meetingID string) map[string]string {
	w.t.Helper()
	s, err := w.Attendance(w.t.Context(), a, meetingID)
	must(w.t, err)
	got := map[string]string{}
	for _, r := range s.Rows {
		words := fmt.Sprintf("%s %d/%d", r.Standing, r.Inside/60, r.Held/60)
		if r.Absent() {
			words += " absent"
		}
		got[strings.TrimPrefix(r.Name, "Name of ")] = words
	}
	return got
}

func same(t *testing.T, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

func TestMinutesAreCountedByLooks(t *testing.T) {
	w := newWorld(t)
	ada, bob, cy, dee := w.enters("ada", teacher), w.enters("bob", learner), w.enters("cy", learner), w.enters("dee", learner)
	m := w.holds(ada, 30, stays{bob: 30, cy: 12})
	same(t, int64(30*60), m.HeldSeconds)
	all := map[string]string{"ada": "moderator 30/30", "bob": "learner 30/30", "cy": "learner 12/30", "dee": "learner 0/30 absent"}
	same(t, all, w.attendance(ada, ""))
	same(t, all, w.attendance(ada, m.ID))
	same(t, map[string]string{"cy": "learner 12/30"}, w.attendance(cy, ""))

	w.wait(time.Hour)
	w.holds(ada, 10, stays{cy: 10, dee: 5})
	same(t, map[string]string{"ada": "moderator 40/40", "bob": "learner 30/40", "cy": "learner 22/40", "dee": "learner 5/40"}, w.attendance(ada, ""))
	same(t, all, w.attendance(ada, m.ID))
	if _, err := w.Attendance(t.Context(), dee, "another"); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("a meeting of another room: %v", err)
	}
}

func TestWhatNobodySeesCountsForNobody(t *testing.T) {
	w := newWorld(t)
	ada, bob := w.enters("ada", teacher), w.enters("bob", learner)
	m := w.begins(ada)
	must(t, w.bbb.EnterAs(m.ID, bbbtest.Person{UserID: bbbID(bob), Name: "Bob"}))
	w.look(m)
	w.wait(2 * time.Minute) // one look was missed
	w.look(m)
	w.wait(20 * time.Minute) // BigBlueButton was away
	w.look(m)
	w.wait(time.Minute)
	w.look(m)
	must(t, w.End(t.Context(), ada))
	w.look(m)
	same(t, map[string]string{"ada": "moderator 3/3", "bob": "learner 3/3"}, w.attendance(ada, ""))
}

func TestWhoCameLaterIsMeasuredFromThenOn(t *testing.T) {
	w := newWorld(t)
	ada := w.enters("ada", teacher)
	w.holds(ada, 20, nil)
	w.wait(time.Hour)
	late := w.enters("late", learner)
	same(t, "learner 0/0", w.attendance(ada, "")["late"])
	w.holds(ada, 10, stays{late: 5})
	same(t, "learner 5/10", w.attendance(ada, "")["late"])
}

func TestGuestsAndObserversAreListedApart(t *testing.T) {
	w := newWorld(t)
	ada := w.enters("ada", teacher)
	eye := w.enters("eye", "http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor")
	m := w.begins(ada)
	must(t, w.bbb.EnterAs(m.ID, bbbtest.Person{UserID: bbbID(eye), Name: "Eye"}))
	must(t, w.bbb.EnterAs(m.ID, bbbtest.Person{UserID: "c-chat-user", Name: "Gil"}))
	w.look(m)
	w.wait(time.Minute)
	w.look(m)
	must(t, w.End(t.Context(), ada))
	w.look(m)
	same(t, map[string]string{"ada": "moderator 1/1", "eye": "uncounted 1/1", "Gil": "guest 1/1"}, w.attendance(ada, ""))
}

func TestViewersSeeNothingOfOtherGroups(t *testing.T) {
	w := newWorld(t)
	ofGroup := func(sub, group string) classroom.Access {
		l := w.launch(sub, learner)
		l.Custom = map[string]string{"user_groups": group}
		a := w.visits(l)
		return a
	}
	ada, bob, cy := w.enters("ada", teacher), ofGroup("bob", "1"), ofGroup("cy", "2")
	all := w.holds(ada, 20, stays{cy: 20})
	w.wait(time.Hour)
	must(t, w.ChangeSettings(t.Context(), ada, classroom.RoomSettings{Grouped: true}))
	ada, err := w.Access(t.Context(), ada.Launch.ID, ada.Room.ID)
	must(t, err)
	room, err := w.OpenGroup(t.Context(), ada, "1")
	must(t, err)
	inGroup, err := w.Access(t.Context(), ada.Launch.ID, room.ID)
	must(t, err)
	theirs := w.holds(inGroup, 10, nil)
	for a, want := range map[classroom.Access][]string{cy: {all.ID}, bob: {theirs.ID, all.ID}, ada: {theirs.ID, all.ID}} {
		s, err := w.Attendance(t.Context(), a, "")
		must(t, err)
		var got []string
		for _, m := range s.Meetings {
			got = append(got, m.ID)
		}
		same(t, want, got)
	}
	if _, err := w.Attendance(t.Context(), cy, theirs.ID); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("another group's meeting: %v", err)
	}
	same(t, map[string]string{"cy": "learner 20/20"}, w.attendance(cy, all.ID))
	same(t, map[string]string{"bob": "learner 0/10 absent"}, w.attendance(bob, theirs.ID))
}

func TestTwoProcessesThatLookCountOnce(t *testing.T) {
	storagetest.Each(t, twoProcessesThatLookCountOnce)
}

func twoProcessesThatLookCountOnce(t *testing.T, db *storage.DB) {
	w := newWorldOn(t, db)
	ada := w.enters("ada", teacher)
	m := w.begins(ada)
	w.look(m)
	for range 5 {
		w.wait(time.Minute)
		var both sync.WaitGroup
		for range 3 {
			both.Go(func() {
				if _, err := w.Do(t.Context(), classroom.Follow{MeetingID: m.ID}); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
	}
	must(t, w.End(t.Context(), ada))
	w.look(m)
	same(t, map[string]string{"ada": "moderator 5/5"}, w.attendance(ada, ""))
}

// attendee is one of a report: when they were inside, in minutes of the meeting.
type attendee struct {
	id       string
	from, to int
	chats    int
}

// report is the body of BigBlueButton's analytics callback of a meeting that
// began then.
func report(m classroom.Meeting, begin time.Time, minutes int, who ...attendee) string {
	at := func(minute int) string {
		return begin.Add(time.Duration(minute) * time.Minute).UTC().Format("2006-01-02T15:04:05.000-07:00")
	}
	people := []map[string]any{}
	for _, a := range who {
		people = append(people, map[string]any{
			"ext_user_id": a.id, "name": "Name of the report", "moderator": false, "joins": []string{at(a.from)}, "leaves": []string{at(a.to)},
			"duration": (a.to - a.from) * 60, "recent_talking_time": "",
			"engagement": map[string]int{"chats": a.chats, "talks": 0, "raisehand": 0, "emojis": 0, "poll_votes": 0, "talk_time": 0},
		})
	}
	body, _ := json.Marshal(map[string]any{
		"version": "1.0", "meeting_id": m.ID, "internal_meeting_id": m.InternalID,
		"data": map[string]any{"duration": minutes * 60, "start": at(0), "finish": at(minutes), "attendees": people},
	})
	return string(body)
}

// bearer is a token of the analytics callback, signed by that secret.
func (w *world) bearer(secret string) string {
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(`{"alg":"HS512"}`)) + "." + encode(fmt.Appendf(nil, `{"exp":%d}`, w.clock().Add(24*time.Hour).Unix()))
	mac := hmac.New(sha512.New, []byte(secret))
	mac.Write([]byte(text))
	return "Bearer " + text + "." + encode(mac.Sum(nil))
}

// reports posts a body to the address that the meeting has.
func (w *world) reports(m classroom.Meeting, body string) error {
	w.t.Helper()
	return w.MeetingReported(w.t.Context(), w.reportToken(m), w.bearer("s3cret"), strings.NewReader(body))
}

// reportToken is the last part of that address.
func (w *world) reportToken(m classroom.Meeting) string {
	return m.ID + "." + w.Signer.Code("bbb analytics", m.ID)
}

func TestAReportTakesThePlaceOfLooks(t *testing.T) {
	w := newWorld(t)
	ada, bob, cy, dee := w.enters("ada", teacher), w.enters("bob", learner), w.enters("cy", learner), w.enters("dee", learner)
	begin := w.clock()
	m := w.holds(ada, 30, stays{bob: 30, cy: 12})
	stranger := "p-" + storagetest.ID()
	must(t, w.reports(m, report(m, begin, 35,
		attendee{bbbID(ada), 0, 28, 0}, attendee{bbbID(bob), 2, 27, 3}, attendee{bbbID(dee), 10, 20, 0},
		attendee{stranger, 0, 35, 9}, attendee{"c-nobody", 0, 28, 9}, attendee{"w_internal", 0, 28, 9})))
	want := map[string]string{"ada": "moderator 28/35", "bob": "learner 25/35", "cy": "learner 12/35", "dee": "learner 10/35"}
	same(t, want, w.attendance(ada, m.ID))
	m = w.stored(m)
	if m.Attended != 4 || m.ReportedAt.IsZero() {
		t.Errorf("%d attended, reported at %v", m.Attended, m.ReportedAt)
	}
	s, err := w.Attendance(t.Context(), bob, m.ID)
	must(t, err)
	same(t, int64(3), s.Rows[0].Seen.Chats)
	same(t, "Name of bob", s.Rows[0].Name)

	// The first one is the last.
	must(t, w.reports(m, report(m, begin, 35, attendee{bbbID(bob), 0, 1, 0})))
	same(t, want, w.attendance(ada, m.ID))
}

func TestReportsThatAreNotBelieved(t *testing.T) {
	w := newWorld(t)
	ada, bob := w.enters("ada", teacher), w.enters("bob", learner)
	begin := w.clock()
	other := w.holds(ada, 5, nil)
	m := w.holds(ada, 10, stays{bob: 5})
	good := report(m, begin, 10, attendee{bbbID(bob), 0, 10, 0})
	wrongID := m
	wrongID.InternalID = other.InternalID
	token, bearer := w.reportToken(m), w.bearer("s3cret")
	for name, test := range map[string]struct {
		token, bearer, body string
		want                classroom.Code
	}{
		"no address of ours":              {m.ID + ".forged", bearer, good, classroom.NotFound},
		"the address of the end":          {m.ID, bearer, good, classroom.NotFound},
		"the address of another meeting":  {w.reportToken(other), bearer, good, classroom.Invalid},
		"no token":                        {token, "", good, classroom.Invalid},
		"a token of another server":       {token, w.bearer("another"), good, classroom.Invalid},
		"not JSON":                        {token, bearer, "<html>", classroom.Invalid},
		"cut off":                         {token, bearer, good[:len(good)/2], classroom.Invalid},
		"another run of the same meeting": {token, bearer, report(wrongID, begin, 10, attendee{bbbID(bob), 0, 10, 0}), classroom.Invalid},
		"a body about another meeting":    {token, bearer, report(other, begin, 10, attendee{bbbID(bob), 0, 10, 0}), classroom.Invalid},
	} {
		err := w.MeetingReported(t.Context(), test.token, test.bearer, strings.NewReader(test.body))
		if !classroom.Is(err, test.want) {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
	if got := w.attendance(ada, m.ID)["bob"]; got != "learner 5/10" {
		t.Errorf("what is not believed changed something: %s", got)
	}
	must(t, w.reports(m, good))
	same(t, "learner 10/10", w.attendance(ada, m.ID)["bob"])
}

func TestAReportBeforeTheEnd(t *testing.T) {
	w := newWorld(t)
	ada, bob := w.enters("ada", teacher), w.enters("bob", learner)
	begin := w.clock()
	m := w.begins(ada)
	w.look(m)
	m = w.stored(m)
	w.wait(10 * time.Minute)
	body := report(m, begin, 10, attendee{bbbID(bob), 0, 10, 0})
	if err := w.reports(m, body); !classroom.Is(err, classroom.Invalid) {
		t.Errorf("a report on a class that goes on: %v", err)
	}
	token := w.reportToken(m)
	if at := w.bbb.Meetings()[0].Meta["analytics-callback-url"]; at != "https://class.example/bbb/analytics/"+token {
		t.Errorf("BigBlueButton was told to report to %s", at)
	}
	// It ended, and nobody has looked since.
	must(t, w.bbb.End(m.ID))
	must(t, w.MeetingReported(t.Context(), token, w.bearer("s3cret"), strings.NewReader(body)))
	if m = w.stored(m); m.State != classroom.MeetingEnded {
		t.Errorf("the reported meeting is %s", m.State)
	}
	same(t, "learner 10/10", w.attendance(ada, m.ID)["bob"])
}

func TestManyReportsAtOnce(t *testing.T) {
	storagetest.Each(t, manyReportsAtOnce)
}

func manyReportsAtOnce(t *testing.T, db *storage.DB) {
	w := newWorldOn(t, db)
	ada, bob := w.enters("ada", teacher), w.enters("bob", learner)
	begin := w.clock()
	m := w.holds(ada, 20, nil)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			if err := w.reports(m, report(m, begin, 20, attendee{bbbID(bob), 0, i + 1, 0}, attendee{bbbID(ada), 0, 20 - i, 0})); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	got := w.attendance(ada, m.ID)
	var a, b, held int
	if _, err := fmt.Sscanf(got["bob"], "learner %d/%d", &b, &held); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscanf(got["ada"], "moderator %d/%d", &a, &held); err != nil {
		t.Fatal(err)
	}
	if a != 21-b {
		t.Errorf("rows of two reports are mixed: %v", got)
	}
}
