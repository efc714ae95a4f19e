package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

const pathChatCourses = pathMattermost + "/courses"

// lookTime is how long the page of a course waits for the chat.
const lookTime = 8 * time.Second

func (s *Server) chatCourseRoutes() []consoleRoute {
	one := pathChatCourses + "/:course"
	return []consoleRoute{
		{get, pathChatCourses, admin.Read, s.listChatCourses},
		{get, one, admin.Read, s.showChatCourse},
		{get, one + "/people", admin.ReadPeople, s.listChatPeople},
		{post, one + "/open", admin.Change, s.changeChannel("channel.open", "console.said.mattermost.opening", s.Classroom.ReopenChannel)},
		{post, one + "/archive", admin.Change, s.changeChannel("channel.archive", "console.said.mattermost.archived", s.Classroom.ArchiveChannel)},
		{post, one + "/resync", admin.Change, s.changeChannel("channel.resync", "console.said.mattermost.resync", s.Classroom.ResyncChannel)},
		{post, one + "/relink", admin.Change, s.relinkChannel},
	}
}

// channelStates are what a list of courses can be narrowed to, by what the
// address says.
func channelStates() map[string]classroom.ChannelState {
	return map[string]classroom.ChannelState{
		"none": classroom.ChannelNone, "wanted": classroom.ChannelWanted, "open": classroom.ChannelOpen, "archived": classroom.ChannelArchived,
	}
}

// chatCoursesPage lists the courses with what there is of their channels.
type chatCoursesPage struct {
	consolePage
	chatPaging
	Search  string
	State   string
	Total   int64
	Courses []classroom.CourseChannel
}

// States are the choices of the form.
func (p *chatCoursesPage) States() []string {
	return []string{"", "open", "wanted", "archived", "none"}
}

// listChatCourses answers GET /console/mattermost/courses.
func (s *Server) listChatCourses(c *gin.Context, v admin.Visitor) error {
	ctx, store := c.Request.Context(), s.Classroom.Store
	p := &chatCoursesPage{consolePage: s.consolePage(c, v, pathMattermost, "console.mattermost.courses"), Search: searchOf(c), State: c.Query("state")}
	p.Back = pathMattermost
	q := classroom.CourseChannelQuery{TenantID: v.Tenant.ID, Search: p.Search, Limit: chatListSize}
	if state, known := channelStates()[p.State]; known {
		q.State = &state
	} else {
		p.State = ""
	}
	var err error
	if p.Total, err = store.CountCourseChannels(ctx, q); err != nil {
		return err
	}
	p.chatPaging = newChatPaging(c, p.Total, url.Values{"search": {p.Search}, "state": {p.State}})
	q.Offset = p.offset()
	if p.Courses, err = store.CourseChannels(ctx, q); err != nil {
		return err
	}
	return s.renderConsole(c, "console_mattermost_courses", p)
}

// searchOf is what is searched for: one line of a sensible length.
func searchOf(c *gin.Context) string {
	search := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(strings.ReplaceAll(c.Query("search"), "\x00", ""), "")), " "))
	return string(search[:min(len(search), 100)])
}

// chatCoursePage is one course and its channel.
type chatCoursePage struct {
	consolePage
	Course    classroom.Course
	Connected bool
	URL       string // of the channel
	Look      classroom.ChannelLook
	Looked    bool
	Gone      bool   // the chat has no such channel
	Unseen    string // why the chat could not be asked
	Counts    []presenceCount
	Channel   string // that was typed
	Wrong     string // what is wrong with it
}

// presenceCount is how many people of a course stand so towards its channel.
type presenceCount struct {
	Presence classroom.Presence
	Count    int64
}

// State names the channel's state for texts.
func (p *chatCoursePage) State() string { return stateName(p.Course.Channel) }

// StateOf names a channel's state for texts.
func (p *chatCoursesPage) StateOf(s classroom.ChannelState) string { return stateName(s) }

func stateName(s classroom.ChannelState) string {
	if s == classroom.ChannelNone {
		return "none"
	}
	return string(s)
}

// showChatCourse answers GET /console/mattermost/courses/:course.
func (s *Server) showChatCourse(c *gin.Context, v admin.Visitor) error {
	p, err := s.chatCourse(c, v)
	if err != nil {
		return err
	}
	return s.renderConsole(c, "console_mattermost_course", p)
}

func (s *Server) chatCourse(c *gin.Context, v admin.Visitor) (*chatCoursePage, error) {
	ctx := c.Request.Context()
	course, err := s.Classroom.Store.CourseOf(ctx, v.Tenant.ID, c.Param("course"))
	if err != nil {
		return nil, err
	}
	p := &chatCoursePage{consolePage: s.consolePage(c, v, pathMattermost, "console.mattermost.course", "Course", courseName(s, c, course)), Course: course}
	p.Back = pathChatCourses
	conn, connected, err := s.shownChat(ctx, v)
	if err != nil {
		return nil, err
	}
	p.Connected = connected
	if connected && course.Channel == classroom.ChannelOpen {
		p.URL = webAddress(conn.URL + "/" + conn.TeamName + "/channels/" + course.ChannelName)
		s.lookAtChannel(ctx, v, p)
	}
	p.Counts, err = s.countPresences(ctx, v, classroom.PresenceQuery{CourseID: course.ID, MatchEmail: v.Tenant.MatchEmail})
	return p, err
}

func courseName(s *Server, c *gin.Context, course classroom.Course) string {
	if name := course.Name(); name != "" {
		return name
	}
	return s.printer(c).Text("console.mattermost.unnamed")
}

// lookAtChannel asks the chat; the page is shown all the same if it does not answer.
func (s *Server) lookAtChannel(ctx context.Context, v admin.Visitor, p *chatCoursePage) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	look, err := s.Classroom.Channels.LookAtChannel(ctx, v.Tenant.ID, p.Course.ChannelID)
	switch {
	case errors.Is(err, classroom.ErrChannelGone):
		p.Gone = true
	case err != nil:
		p.Unseen = err.Error()
	default:
		p.Look, p.Looked = look, true
	}
}

func (s *Server) countPresences(ctx context.Context, v admin.Visitor, q classroom.PresenceQuery) ([]presenceCount, error) {
	counts, err := s.Classroom.Store.CountPresences(ctx, q)
	if err != nil {
		return nil, err
	}
	var list []presenceCount
	for _, one := range classroom.Presences() {
		if counts[one] > 0 {
			list = append(list, presenceCount{one, counts[one]})
		}
	}
	return list, nil
}

// chatPeoplePage lists people of a course with why they are in its channel, or not.
type chatPeoplePage struct {
	consolePage
	chatPaging
	Course   classroom.Course
	Search   string
	Presence classroom.Presence
	Counts   []presenceCount
	People   []classroom.PresentMember
}

// listChatPeople answers GET /console/mattermost/courses/:course/people.
func (s *Server) listChatPeople(c *gin.Context, v admin.Visitor) error {
	ctx, store := c.Request.Context(), s.Classroom.Store
	course, err := store.CourseOf(ctx, v.Tenant.ID, c.Param("course"))
	if err != nil {
		return err
	}
	p := &chatPeoplePage{consolePage: s.consolePage(c, v, pathMattermost, "console.mattermost.people", "Course", courseName(s, c, course)), Course: course, Search: searchOf(c)}
	p.Back = pathChatCourses + "/" + course.ID
	q := classroom.PresenceQuery{CourseID: course.ID, MatchEmail: v.Tenant.MatchEmail, Search: p.Search, Limit: chatListSize}
	if p.Counts, err = s.countPresences(ctx, v, q); err != nil {
		return err
	}
	total := int64(0)
	wish := classroom.Presence(c.Query("why"))
	for _, n := range p.Counts {
		if n.Presence == wish {
			p.Presence, total = wish, n.Count
			break
		}
		total += n.Count
	}
	p.chatPaging = newChatPaging(c, total, url.Values{"search": {p.Search}, "why": {string(p.Presence)}})
	q.Presence, q.Offset = p.Presence, p.offset()
	if p.People, err = store.Presences(ctx, q); err != nil {
		return err
	}
	return s.renderConsole(c, "console_mattermost_people", p)
}

// changeChannel answers a POST that changes the channel of a course.
func (s *Server) changeChannel(act, said string, change func(ctx context.Context, tenantID, courseID string) (classroom.Course, error)) func(*gin.Context, admin.Visitor) error {
	return func(c *gin.Context, v admin.Visitor) error {
		course, err := change(c.Request.Context(), v.Tenant.ID, c.Param("course"))
		if classroom.Is(err, classroom.NotFound) {
			return err
		}
		if err := s.recordChannel(c, v, act, course, err); err != nil {
			return retryAt(err, pathChatCourses+"/"+course.ID)
		}
		return done(c, pathChatCourses+"/"+course.ID, said)
	}
}

func (s *Server) recordChannel(c *gin.Context, v admin.Visitor, act string, course classroom.Course, err error) error {
	entry := admin.Act{Name: act, Subject: course.Name(), SubjectID: course.ID}
	if course.ChannelName != "" {
		entry.Detail = []string{"channel: " + course.ChannelName}
	}
	return s.Console.Record(c.Request.Context(), v, entry, err)
}

// relinkChannel answers POST /console/mattermost/courses/:course/relink.
func (s *Server) relinkChannel(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	typed := strings.TrimSpace(form.Get("channel"))
	name := strings.ToLower(strings.TrimPrefix(typed[strings.LastIndex(typed, "/")+1:], "~")) // an address is as good
	course, err := s.Classroom.RelinkChannel(c.Request.Context(), v.Tenant.ID, c.Param("course"), name)
	if classroom.Is(err, classroom.NotFound) {
		return err
	}
	err = s.recordChannel(c, v, "channel.relink", course, err)
	if classroom.Is(err, classroom.Invalid) {
		return s.showWrongChannel(c, v, typed, err)
	}
	if err != nil {
		return retryAt(err, pathChatCourses+"/"+course.ID)
	}
	return done(c, pathChatCourses+"/"+course.ID, "console.said.mattermost.relinked")
}

func (s *Server) showWrongChannel(c *gin.Context, v admin.Visitor, typed string, refused error) error {
	p, err := s.chatCourse(c, v)
	if err != nil {
		return err
	}
	var said *classroom.Error
	errors.As(refused, &said)
	p.Channel, p.Wrong = typed, p.Text(said.Message)
	return s.renderConsoleAs(c, http.StatusUnprocessableEntity, "console_mattermost_course", p)
}
