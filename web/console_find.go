package web

import (
	"net/url"
	"time"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

const pathFind = "/console/find"

func (s *Server) findRoutes() []consoleRoute {
	return []consoleRoute{
		{get, pathFind, admin.ReadPeople, s.find},
		{get, pathFind + "/people/:person", admin.ReadPeople, s.findPerson},
		{get, pathFind + "/rooms/:room", admin.ReadPeople, s.findRoom},
	}
}

// findPage searches people, rooms, and the references of error pages.
type findPage struct {
	consolePage
	Search string
	classroom.Found
	Lines []timelineLine // what the reference is of
}

// find answers GET /console/find. That somebody searched is written down, what for
// is not: it is mostly a name.
func (s *Server) find(c *gin.Context, v admin.Visitor) error {
	p := &findPage{consolePage: s.consolePage(c, v, pathFind, "console.find"), Search: searchOf(c)}
	if p.Search == "" {
		return s.renderConsole(c, "console_find", p)
	}
	var err error
	p.Found, err = s.Classroom.Find(c.Request.Context(), v.Tenant.ID, p.Search)
	if err = s.Console.Record(c.Request.Context(), v, admin.Act{Name: "person.search"}, err); err != nil {
		return err
	}
	p.Lines = s.linesOf(c, v, referenced(p.Found))
	return s.renderConsole(c, "console_find", p)
}

// referenced is what a reference was found to be of, as lines of a timeline.
func referenced(f classroom.Found) []classroom.Happening {
	var all []classroom.Happening
	if r := f.Refusal; r != nil {
		all = append(all, classroom.Happening{
			Kind: classroom.HappenedRefusal, At: r.CreatedAt, Result: r.Reason, Detail: r.Detail, Reference: r.Reference, Address: r.Address,
		})
	}
	if t := f.Try; t != nil {
		all = append(all, classroom.Happening{
			Kind: classroom.HappenedTry, At: t.CreatedAt, PersonID: t.PersonID, Person: t.ChatName, RoomID: t.RoomID,
			Result: t.Result, Key: t.BBBKey, Detail: t.Detail, Reference: t.Reference, Via: t.Via, Act: t.Act,
		})
	}
	return all
}

// personPage tells why somebody cannot get in, and what happened to them.
type personPage struct {
	consolePage
	classroom.PersonView
	Places []shownPlace
	Lines  []timelineLine
	Judged shownVerdict
	First  bool   // the newest page of the timeline
	Next   string // where older lines are; empty: there are none
}

// shownPlace is a course of somebody, in words.
type shownPlace struct {
	classroom.PersonPlace
	Role, Where string // why they are what they are, and where that is changed
	Channel     string // how they stand towards the channel; empty: there is none
}

// findPerson answers GET /console/find/people/:person.
func (s *Server) findPerson(c *gin.Context, v admin.Visitor) error {
	before := beforeOf(c)
	view, err := s.Classroom.ViewPerson(c.Request.Context(), v.Tenant.ID, c.Param("person"), before)
	if err := s.Console.Record(c.Request.Context(), v, admin.Act{Name: "person.look_up", SubjectID: c.Param("person")}, err); err != nil {
		return err
	}
	name := view.Person.DisplayName()
	if name == "" {
		name = s.printer(c).Text("console.find.nameless")
	}
	p := &personPage{consolePage: s.consolePage(c, v, pathFind, "console.find.person", "Name", name), PersonView: view, First: before.IsZero()}
	p.Back = pathFind
	for _, place := range view.Places {
		p.Places = append(p.Places, s.placeText(c, place))
	}
	p.Lines = s.linesOf(c, v, view.Happenings)
	p.Judged = s.verdictText(c, view.Verdict)
	p.Next = olderThan(c, view.Older)
	return s.renderConsole(c, "console_find_person", p)
}

// roomTimelinePage tells why people cannot get into a room.
type roomTimelinePage struct {
	consolePage
	classroom.RoomTimeline
	Lines  []timelineLine
	Judged shownVerdict
	First  bool
	Next   string
}

// findRoom answers GET /console/find/rooms/:room.
func (s *Server) findRoom(c *gin.Context, v admin.Visitor) error {
	before := beforeOf(c)
	view, err := s.Classroom.ViewRoomTimeline(c.Request.Context(), v.Tenant.ID, c.Param("room"), before)
	act := admin.Act{Name: "classroom.look_up", Subject: view.Course.Name() + ": " + view.Room.Title, SubjectID: c.Param("room")}
	if err != nil {
		act.Subject = ""
	}
	if err := s.Console.Record(c.Request.Context(), v, act, err); err != nil {
		return err
	}
	p := &roomTimelinePage{consolePage: s.consolePage(c, v, pathFind, "console.find.room", "Room", view.Room.Title), RoomTimeline: view, First: before.IsZero()}
	p.Back = pathFind
	p.Lines = s.linesOf(c, v, view.Happenings)
	p.Judged = s.verdictText(c, view.Verdict)
	p.Next = olderThan(c, view.Older)
	return s.renderConsole(c, "console_find_room", p)
}

// beforeOf is where a page of a timeline begins; zero: at the newest line.
func beforeOf(c *gin.Context) time.Time {
	t, err := time.Parse(time.RFC3339Nano, c.Query("before"))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

func olderThan(c *gin.Context, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return c.Request.URL.Path + "?" + url.Values{"before": {t.Format(time.RFC3339Nano)}}.Encode()
}
