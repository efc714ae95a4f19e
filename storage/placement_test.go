package storage_test

import (
	"strings"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

func placement(s school) classroom.Placement {
	data := "opaque <&> \"data\""
	return classroom.Placement{
		ID: storagetest.ID(), TenantID: s.course.TenantID, PlatformID: s.platform.ID, DeploymentID: "1", Nonce: "nonce-" + storagetest.ID(),
		PersonID: s.teacher.ID, CourseID: s.course.ID, ReturnURL: "https://lms.example/back?sesskey=secret", Data: &data,
		AcceptMultiple: true, AcceptLineItem: true, CreatedAt: storagetest.Now(),
	}
}

func TestPlacement(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		want := placement(s)
		must(t, db.CreatePlacement(t.Context(), want))
		diff(t, want, got[classroom.Placement](t)(db.Placement(t.Context(), want.ID)))

		replay := placement(s)
		replay.Nonce = want.Nonce
		wantCode(t, db.CreatePlacement(t.Context(), replay), classroom.Conflict)
		replay.PlatformID = storagetest.Platform(t, db).ID
		replay.Data = nil // of another registration the nonce is another one
		must(t, db.CreatePlacement(t.Context(), replay))
		diff(t, replay, got[classroom.Placement](t)(db.LockPlacement(t.Context(), replay.ID)))

		want.Answer, want.RoomIDs, want.AnsweredAt = "digest", []string{"r1", "r2"}, storagetest.Now()
		must(t, db.AnswerPlacement(t.Context(), want))
		diff(t, want, got[classroom.Placement](t)(db.Placement(t.Context(), want.ID)))

		wantCode(t, db.AnswerPlacement(t.Context(), classroom.Placement{ID: "none"}), classroom.NotFound)
		_, err := db.Placement(t.Context(), "none")
		wantCode(t, err, classroom.NotFound)
		_, err = db.LockPlacement(t.Context(), "none")
		wantCode(t, err, classroom.NotFound)

		must(t, db.ForgetPlacements(t.Context(), want.CreatedAt))
		must(t, second(db.Placement(t.Context(), want.ID)))
		must(t, db.ForgetPlacements(t.Context(), want.CreatedAt.Add(time.Minute)))
		wantCode(t, second(db.Placement(t.Context(), want.ID)), classroom.NotFound)
	})
}

// What the LMS sent for its own eyes is not to be read in the table, or moved.
func TestPlacementsAreSealed(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		p := placement(s)
		must(t, db.CreatePlacement(t.Context(), p))
		if text := column(t, db, "SELECT settings FROM placements"); !strings.HasPrefix(text, "v1.") || strings.Contains(text, "lms") {
			t.Errorf("settings %s", text)
		}
		must(t, raw(t, db, "UPDATE placements SET id = 'moved'"))
		if _, err := db.Placement(t.Context(), "moved"); err == nil {
			t.Error("a sealed text opens in another row")
		}
	})
}

func TestPlaceableRooms(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		used := storagetest.Room(t, db, s.course)
		group := used
		group.ID, group.ResourceLinkID, group.ParentID, group.GroupID = storagetest.ID(), storagetest.ID(), used.ID, "g"
		must(t, db.CreateRoom(t.Context(), group))
		storagetest.Room(t, db, storagetest.Course(t, db, s.platform))
		for range 3 {
			m := storagetest.NewMeeting(used, s.server, s.teacher)
			m.OpenRoomID = nil
			must(t, db.CreateMeeting(t.Context(), m))
		}
		last := storagetest.Meeting(t, db, used, s.server, s.teacher)
		want := []classroom.PlaceableRoom{{Room: used, UsedAt: last.CreatedAt}, {Room: s.room}}
		diff(t, want, got[[]classroom.PlaceableRoom](t)(db.PlaceableRooms(t.Context(), s.course.ID, 10)))
		diff(t, want[:1], got[[]classroom.PlaceableRoom](t)(db.PlaceableRooms(t.Context(), s.course.ID, 1)))
		diff(t, []classroom.PlaceableRoom{}, got[[]classroom.PlaceableRoom](t)(db.PlaceableRooms(t.Context(), "none", 1)))
	})
}

// copyOf makes the room of a copy, to which links lead by the old one's id.
func copyOf(t testing.TB, db *storage.DB, c classroom.Course, old string) classroom.Room {
	t.Helper()
	r := classroom.Room{
		ID: storagetest.ID(), TenantID: c.TenantID, CourseID: c.ID, Title: "Copy", CopiedFrom: old, NamedBy: "link",
		Version: 1, CreatedAt: storagetest.Now(), UpdatedAt: storagetest.Now(),
	}
	r.ResourceLinkID = r.ID
	must(t, db.CreateRoom(t.Context(), r))
	return r
}

func TestFindEntryByTheRoomThatTheLinkNames(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		second := storagetest.Room(t, db, s.course)
		group := second
		group.ID, group.ResourceLinkID, group.ParentID, group.GroupID = storagetest.ID(), storagetest.ID(), second.ID, "g"
		must(t, db.CreateRoom(t.Context(), group))
		foreign := storagetest.Room(t, db, storagetest.Course(t, db, s.platform))
		copied := copyOf(t, db, s.course, foreign.ID)
		for name, test := range map[string]struct {
			room, link string
			want       *classroom.Room
		}{
			"the link's":                 {"", s.room.ResourceLinkID, &s.room},
			"the named one":              {second.ID, s.room.ResourceLinkID, &second},
			"by a link that is new":      {second.ID, "new", &second},
			"the copy of the named one":  {foreign.ID, s.room.ResourceLinkID, &copied},
			"of nowhere":                 {"none", s.room.ResourceLinkID, &s.room},
			"of a group":                 {group.ID, s.room.ResourceLinkID, &s.room},
			"of nowhere, by a new link":  {"none", "new", nil},
			"a new link that names none": {"", "new", nil},
		} {
			e := got[classroom.Entry](t)(db.FindEntry(t.Context(), classroom.EntryKey{
				PlatformID: s.platform.ID, DeploymentID: "1", ContextID: s.course.ContextID,
				RoomID: test.room, ResourceLinkID: test.link, Subject: s.teacher.Subject,
			}))
			t.Log(name)
			diff(t, test.want, e.Room)
			if e.Course == nil || e.Person == nil {
				t.Errorf("%s: the rest of the entry is lost", name)
			}
		}
		again := copied
		again.ID, again.ResourceLinkID = storagetest.ID(), "other"
		wantCode(t, db.CreateRoom(t.Context(), again), classroom.Conflict)
		copied.NamedBy, copied.Title = "another", "Renamed"
		must(t, db.SaveRoom(t.Context(), copied))
		copied.Version++
		diff(t, copied, got[classroom.Room](t)(db.Room(t.Context(), copied.ID)))
	})
}

func TestOriginsOfCopies(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		other := storagetest.Course(t, db, s.platform)
		storagetest.Course(t, db, storagetest.Platform(t, db))
		list := got[[]classroom.Course](t)
		diff(t, []classroom.Course{s.course, other}, list(db.CoursesOf(t.Context(), s.platform.ID, []string{"x", other.ContextID, s.course.ContextID, ""})))
		diff(t, []classroom.Course{}, list(db.CoursesOf(t.Context(), "none", []string{s.course.ContextID})))

		second := storagetest.Room(t, db, s.course)
		copied := copyOf(t, db, s.course, "old")
		group := second
		group.ID, group.ResourceLinkID, group.ParentID, group.GroupID = storagetest.ID(), storagetest.ID(), second.ID, "g"
		must(t, db.CreateRoom(t.Context(), group))
		storagetest.Room(t, db, other)
		for name, test := range map[string]struct {
			marks classroom.RoomMarks
			want  []classroom.Room
		}{
			"nothing": {classroom.RoomMarks{}, []classroom.Room{}},
			"id":      {classroom.RoomMarks{ID: second.ID}, []classroom.Room{second}},
			"copied":  {classroom.RoomMarks{ID: "old"}, []classroom.Room{copied}},
			"links":   {classroom.RoomMarks{LinkIDs: []string{"x", s.room.ResourceLinkID}}, []classroom.Room{s.room}},
			"title":   {classroom.RoomMarks{Title: "Lessons"}, []classroom.Room{s.room, second}},
			"all":     {classroom.RoomMarks{ID: "old", LinkIDs: []string{"x"}, Title: "Lessons"}, []classroom.Room{s.room, second, copied}},
			"a group": {classroom.RoomMarks{ID: group.ID}, []classroom.Room{}},
		} {
			t.Log(name)
			diff(t, test.want, got[[]classroom.Room](t)(db.RoomsLike(t.Context(), []string{s.course.ID, "none"}, test.marks)))
		}
	})
}

func TestNoticeHandler(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		want := classroom.NoticeHandler{
			TenantID: s.platform.TenantID, PlatformID: s.platform.ID, DeploymentID: "1", ServiceURL: "https://lms.example/notices",
			Handler: "https://class.example/lti/notices", AskedAt: storagetest.Now(),
		}
		find := func() (classroom.NoticeHandler, bool) {
			h, found, err := db.FindNoticeHandler(t.Context(), s.platform.ID, "1")
			must(t, err)
			return h, found
		}
		if _, found := find(); found {
			t.Error("a handler that nobody saved")
		}
		for range 2 {
			must(t, db.SaveNoticeHandler(t.Context(), want))
			h, _ := find()
			diff(t, want, h)
			want.ServiceURL, want.RegisteredAt = "https://lms.example/elsewhere", storagetest.Now()
		}
		if _, found, err := db.FindNoticeHandler(t.Context(), s.platform.ID, "2"); found || err != nil {
			t.Errorf("of another deployment: %v, %v", found, err)
		}
	})
}
