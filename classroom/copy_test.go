package classroom_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/lti"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

// in is a launch of a link in a course, with what the LMS tells of its origin.
func (w *world) in(course, link, title string, custom map[string]string) *lti.Launch {
	l := w.launch("terry", teacher)
	l.Context = &lti.Context{ID: course, Title: course}
	l.ResourceLink = lti.ResourceLink{ID: link, Title: title}
	l.Custom = custom
	return l
}

// contexts is how a course says what it was copied from.
func contexts(ids ...string) map[string]string {
	return map[string]string{lti.CustomContextHistory: strings.Join(ids, ",")}
}

// setUp gives the room settings that differ from those of new ones.
func (w *world) setUp(r classroom.Room) classroom.Room {
	w.t.Helper()
	r.Description, r.Record, r.Graded, r.GradeAfter, r.Grouped = "Set up", false, true, 24, true
	r.LineItemURL, r.UpdatedAt = "https://lms.example/lineitems/1", w.clock()
	must(w.t, w.db.SaveRoom(w.t.Context(), r))
	settings := classroom.RoomSettings{Record: r.Record, Graded: r.Graded, GradeAfter: r.GradeAfter, Grouped: r.Grouped}
	must(w.t, w.db.SaveSettings(w.t.Context(), r.ID, settings, w.clock()))
	return r
}

func isLike(t *testing.T, got, old classroom.Room) {
	t.Helper()
	if got.ID == old.ID || got.CourseID == old.CourseID {
		t.Fatal("the copy's link leads to the old room")
	}
	if got.Record || !got.Graded || got.GradeAfter != 24 || !got.Grouped {
		t.Errorf("set up as %+v", got)
	}
	if got.LineItemURL != "" {
		t.Error("the copy has the old room's column")
	}
}

func TestACopiedCourseGetsRoomsOfItsOwn(t *testing.T) {
	for name, test := range map[string]struct {
		link, title string
		custom      func(old classroom.Room) map[string]string
	}{
		"by the room's id": {"new-link", "Renamed", func(old classroom.Room) map[string]string {
			return map[string]string{"room": old.ID, lti.CustomContextHistory: "truncated,,c1"}
		}},
		"by the link": {"new-link", "Renamed", func(classroom.Room) map[string]string {
			return map[string]string{lti.CustomContextHistory: "c1", lti.CustomLinkHistory: "timed out,other%2Clink,link%201"}
		}},
		"by the title": {"new-link", "Lessons", func(classroom.Room) map[string]string { return contexts("unknown", "c1") }},
		"in a page": {"c2", "Page", func(old classroom.Room) map[string]string {
			return map[string]string{"room": old.ID, lti.CustomContextHistory: "c1"}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			old := w.setUp(w.lands(w.in("c1", "link 1", "Lessons", nil)).Room)
			got := w.lands(w.in("c2", test.link, test.title, test.custom(old)))
			isLike(t, got.Room, old)
			if got.Course.CopiedFrom != old.CourseID || got.Course.Channel == classroom.ChannelNone || got.Course.ChannelID != "" {
				t.Errorf("course %+v", got.Course)
			}
			again := w.in("c2", test.link, test.title, test.custom(old))
			if a := w.lands(again); a.Room.ID != got.Room.ID {
				t.Error("the next launch leads elsewhere")
			}
			if n := len(w.rooms(got.Course)); n != 1 {
				t.Errorf("%d rooms", n)
			}
		})
	}
}

// rooms lists those of a course.
func (w *world) rooms(c classroom.Course) []classroom.PlaceableRoom {
	w.t.Helper()
	rooms, err := w.db.PlaceableRooms(w.t.Context(), c.ID, 100)
	must(w.t, err)
	return rooms
}

// Canvas copies the custom parameters of links, and calls all links in pages by
// the course's id.
func TestLinksOfOneOldRoomShareTheNewOne(t *testing.T) {
	w := newWorld(t)
	old := w.placed("Lab", "Office")
	custom := func(r classroom.Room) map[string]string {
		return map[string]string{"room": r.ID, lti.CustomContextHistory: "c1"}
	}
	lab := w.lands(w.in("c2", "assignment", "Lab", custom(old[0]))).Room
	if got := w.lands(w.in("c2", "c2", "Page", custom(old[0]))).Room; got.ID != lab.ID || got.Title != "Lab" {
		t.Errorf("the second link leads to %q", got.Title)
	}
	office := w.lands(w.in("c2", "c2", "Page", custom(old[1]))).Room
	if office.ID == lab.ID || office.Title != "Office" {
		t.Errorf("the page's second link leads to %q", office.Title)
	}
	plain := w.lands(w.in("c2", "c2", "Page", contexts("c1"))).Room
	if got := w.lands(w.in("c2", "c2", "Page", custom(old[1]))).Room; got.ID != office.ID || plain.ID == office.ID {
		t.Error("a link without a room took another's place")
	}
	// A third course, copied of the copy: its links still say the first room.
	third := w.lands(w.in("c3", "x", "Lab", map[string]string{"room": old[0].ID, lti.CustomContextHistory: "c2,c1"}))
	if third.Room.CopiedFrom != old[0].ID || third.Room.ID == lab.ID || third.Course.CopiedFrom != lab.CourseID {
		t.Errorf("a copy of the copy: %+v", third.Room)
	}
}

func TestACourseOfAnotherOriginGetsNothing(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		w := newWorldOn(t, db)
		old := w.setUp(w.lands(w.in("c1", "link1", "Lessons", nil)).Room)
		double := w.in("c5", "a", "Twice", nil)
		w.lands(double)
		w.lands(w.in("c5", "b", "Twice", nil))
		other := storagetest.Platform(t, w.db)
		for name, l := range map[string]*lti.Launch{
			"no history":        w.in("n1", "x", "Lessons", map[string]string{"room": old.ID}),
			"another history":   w.in("n2", "x", "Lessons", map[string]string{"room": old.ID, lti.CustomContextHistory: "c9"}),
			"a title twice":     w.in("n3", "x", "Twice", contexts("c5")),
			"hostile history":   w.in("n4", "x", "Lessons", contexts("') OR 1=1 --", "%zz", strings.Repeat("c", 300), "\x00", "%00", "a%00b", "%ff", "%1b")),
			"hostile links":     w.in("n7", "x", "Other", map[string]string{lti.CustomContextHistory: "c1", lti.CustomLinkHistory: "%00,%ff"}),
			"a foreign title":   w.in("n5", "x", "Other", contexts("c1")),
			"another platform":  w.in("n6", "link1", "Lessons", map[string]string{"room": old.ID, lti.CustomContextHistory: "c1", lti.CustomLinkHistory: "link1"}),
			"a group of a room": w.in("c1", "x", "Group", map[string]string{"room": w.groupOf(old)}),
		} {
			if name == "another platform" {
				l.Platform = other.Platform
			}
			got := w.lands(l)
			if got.Room.ID == old.ID || got.Room.Graded || got.Room.CopiedFrom != "" || got.Room.ParentID != "" {
				t.Errorf("%s: room %+v", name, got.Room)
			}
		}
	})
}

// Teachers may write any history into their links: what others have written stays
// theirs, though the copy is set up alike.
func TestCopiesTellNobodyWhatTheyMayNotKnow(t *testing.T) {
	for name, test := range map[string]struct {
		subject, role string
		before        func(*world)
		told          bool
	}{
		"its teacher":     {subject: "terry", role: teacher, told: true},
		"its old teacher": {subject: "terry", role: learner, told: true},
		"its learner":     {subject: "sam", role: teacher, before: func(w *world) { w.enters("sam", learner) }},
		"a stranger":      {subject: "eve", role: teacher},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			old := w.placed("Secret talk")[0]
			if test.before != nil {
				test.before(w)
			}
			old = w.setUp(old)
			l := w.in("c2", "c2", "", map[string]string{"room": old.ID, lti.CustomContextHistory: "c1"})
			l.Subject, l.Roles = test.subject, lti.ParseRoles([]string{test.role})
			got := w.lands(l).Room
			isLike(t, got, old)
			want := classroom.Room{Title: "c2"}
			if test.told {
				want = old
			}
			if got.CopiedFrom != old.ID || got.Title != want.Title || got.Description != want.Description {
				t.Errorf("title %q, description %q", got.Title, got.Description)
			}
		})
	}
}

// groupOf makes the room of a group.
func (w *world) groupOf(r classroom.Room) string {
	w.t.Helper()
	r.ID, r.ParentID, r.GroupID = storagetest.ID(), r.ID, "g1"
	r.ResourceLinkID = r.ID
	must(w.t, w.db.CreateRoom(w.t.Context(), r))
	return r.ID
}

func TestLinksCopiedWithinTheirCourse(t *testing.T) {
	w := newWorld(t)
	old := w.setUp(w.lands(w.in("c1", "link1", "Lessons", nil)).Room)
	got := w.lands(w.in("c1", "link2", "Lessons (copy)", map[string]string{lti.CustomLinkHistory: "link1"}))
	if got.Room.ID == old.ID || !got.Room.Graded || got.Room.LineItemURL != "" || got.Room.Title != "Lessons (copy)" {
		t.Errorf("room %+v", got.Room)
	}
}

func TestLongHistoriesAreReadInPart(t *testing.T) {
	w := newWorld(t)
	old := w.lands(w.in("c1", "link1", "Lessons", nil)).Course
	var ids []string
	for i := range 999 {
		ids = append(ids, fmt.Sprint("old-", i))
	}
	if got := w.lands(w.in("c2", "x", "Lessons", contexts(append(ids, "c1")...))); got.Course.CopiedFrom != old.ID {
		t.Error("the thousandth id was not read")
	}
	if got := w.lands(w.in("c3", "x", "Lessons", contexts(append(ids, "old-999", "c1")...))); got.Course.CopiedFrom != "" {
		t.Error("more than a thousand were read")
	}
}

func TestTheOriginOfItsOwnDeploymentGoesFirst(t *testing.T) {
	w := newWorld(t)
	elsewhere := w.in("c1", "link1", "Lessons", nil)
	elsewhere.DeploymentID = "2"
	away := w.lands(elsewhere).Course
	if got := w.lands(w.in("c2", "x", "Lessons", contexts("c1"))).Course; got.CopiedFrom != away.ID {
		t.Error("a course of another deployment is no origin")
	}
	home := w.lands(w.in("c1", "link1", "Lessons", nil)).Course
	if got := w.lands(w.in("c3", "x", "Lessons", contexts("c1"))).Course; got.CopiedFrom != home.ID {
		t.Error("the course of another deployment went first")
	}
}

// A notice may come before the first launch, or after it.
func TestNoticesTellTheOrigin(t *testing.T) {
	w := newWorld(t)
	old := w.setUp(w.lands(w.in("c1", "link1", "Lessons", nil)).Room)
	notice := func(course string) *lti.Notice {
		return &lti.Notice{
			Platform: w.platform.Platform, DeploymentID: "1", ID: "n-" + course, Type: lti.ContextCopyNotice, Nonce: storagetest.ID(),
			NonceExpires: w.clock().Add(time.Hour), Context: &lti.Context{ID: course, Title: course}, OriginContexts: []string{"unknown", course, "c1"},
		}
	}
	n := notice("c2")
	must(t, w.TakeNotice(t.Context(), n))
	if err := w.TakeNotice(t.Context(), n); messageOf(err) != "error.launch_replayed" {
		t.Errorf("a replay: %v", err)
	}
	n.Nonce = storagetest.ID() // the same notice in another token
	must(t, w.TakeNotice(t.Context(), n))
	got := w.lands(w.in("c2", "x", "Lessons", nil))
	isLike(t, got.Room, old)
	if got.Course.CopiedFrom != old.CourseID {
		t.Errorf("course %+v", got.Course)
	}

	late := w.lands(w.in("c3", "x", "Lessons", nil))
	must(t, w.TakeNotice(t.Context(), notice("c3")))
	if c, err := w.db.Course(t.Context(), late.Course.ID); err != nil || c.CopiedFrom != old.CourseID {
		t.Errorf("course %+v, %v", c, err)
	}
	changed := notice("c3")
	changed.ID, changed.OriginContexts = "n-again", []string{"c2"}
	must(t, w.TakeNotice(t.Context(), changed))
	if c, err := w.db.Course(t.Context(), late.Course.ID); err != nil || c.CopiedFrom != old.CourseID {
		t.Errorf("a later notice changed the origin: %+v, %v", c, err)
	}
}

func TestAWarmLaunchAsksNothingOfOrigins(t *testing.T) {
	w := newWorld(t)
	custom := map[string]string{lti.CustomContextHistory: "c9,c8", lti.CustomLinkHistory: "l9"}
	w.lands(w.in("c1", "link1", "Lessons", custom))
	store := &counting{Store: w.db}
	w.Store = store
	w.lands(w.in("c1", "link1", "Lessons", custom))
	if store.asked != 0 {
		t.Errorf("%d questions", store.asked)
	}
}

// counting counts what is asked to find origins.
type counting struct {
	classroom.Store
	asked int
}

func (c *counting) CoursesOf(ctx context.Context, platformID string, contextIDs []string) ([]classroom.Course, error) {
	c.asked++
	return c.Store.CoursesOf(ctx, platformID, contextIDs)
}

func (c *counting) RoomsLike(ctx context.Context, courseIDs []string, m classroom.RoomMarks) ([]classroom.Room, error) {
	c.asked++
	return c.Store.RoomsLike(ctx, courseIDs, m)
}
