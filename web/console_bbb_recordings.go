package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

const pathRecordings = pathBBB + "/recordings"

func (s *Server) recordingRoutes() []consoleRoute {
	one := pathRecordings + "/:recording"
	room := s.Classroom
	return []consoleRoute{
		{get, pathRecordings, admin.ReadRecordings, s.listRecordings},
		{post, one + "/play", admin.ReadRecordings, s.playRecording},
		{post, one + "/publish", admin.Change, s.actOnRecording("recording.publish", "console.said.bbb_published", func(ctx context.Context, tenant, id string) (classroom.Recording, error) {
			return room.PublishRecording(ctx, tenant, id, true)
		})},
		{post, one + "/unpublish", admin.Change, s.actOnRecording("recording.unpublish", "console.said.bbb_hidden", func(ctx context.Context, tenant, id string) (classroom.Recording, error) {
			return room.PublishRecording(ctx, tenant, id, false)
		})},
		{post, one + "/delete", admin.Change, s.actOnRecording("recording.delete", "console.said.bbb_deleted", room.DeleteRecording)},
		{post, one + "/keep", admin.Change, s.actOnRecording("recording.keep", "console.said.bbb_kept", func(ctx context.Context, tenant, id string) (classroom.Recording, error) {
			return room.KeepRecording(ctx, tenant, id, true)
		})},
		{post, one + "/release", admin.Change, s.actOnRecording("recording.release", "console.said.bbb_released", func(ctx context.Context, tenant, id string) (classroom.Recording, error) {
			return room.KeepRecording(ctx, tenant, id, false)
		})},
	}
}

// recordingsPage lists the tenant's recordings.
type recordingsPage struct {
	consolePage
	chatPaging
	Query      url.Values
	Here       string // the address of this page, for the forms to come back to
	Total      int64
	TotalBytes int64
	Recordings []shownRecording
	Spaces     []classroom.CourseSpace
}

// shownRecording is one with what the rules will do to it.
type shownRecording struct {
	classroom.ListedRecording
	Next   classroom.Retire
	NextAt time.Time
}

// Length is how long the recorded class was.
func (r shownRecording) Length() time.Duration { return r.EndedAt.Sub(r.StartedAt) }

// States are the choices of the form.
func (p *recordingsPage) States() []string {
	return []string{"", string(classroom.RecordingPublished), string(classroom.RecordingUnpublished), string(classroom.RecordingDeleted)}
}

// spacesShown is how many courses are listed by the space that they take.
const spacesShown = 20

// listRecordings answers GET /console/bbb/recordings.
func (s *Server) listRecordings(c *gin.Context, v admin.Visitor) error {
	ctx, store := c.Request.Context(), s.Classroom.Store
	p := &recordingsPage{consolePage: s.consolePage(c, v, pathBBB, "console.bbb.recordings")}
	p.Back = pathBBB
	search := p.read(c)
	var err error
	if p.Total, p.TotalBytes, err = store.SumRecordings(ctx, v.Tenant.ID, search); err != nil {
		return err
	}
	p.chatPaging = newChatPaging(c, p.Total, p.Query)
	p.Here = p.at(p.Page)
	if err := s.recordingsOf(ctx, v, p, search); err != nil {
		return err
	}
	if p.Spaces, err = store.CourseSpaces(ctx, v.Tenant.ID, spacesShown); err != nil {
		return err
	}
	// Chromium holds the answer to the form that plays to form-action as well.
	return s.render(c, http.StatusOK, "console_bbb_recordings", p, headers{form: formOutside})
}

func (s *Server) recordingsOf(ctx context.Context, v admin.Visitor, p *recordingsPage, search classroom.RecordingSearch) error {
	rules, err := s.Classroom.Retention(ctx, v.Tenant.ID)
	if err != nil {
		return err
	}
	found, err := s.Classroom.Store.ListRecordings(ctx, v.Tenant.ID, search, p.offset(), chatListSize)
	for _, r := range found {
		one := shownRecording{ListedRecording: r}
		one.Next, one.NextAt = rules.Next(r.Recording)
		p.Recordings = append(p.Recordings, one)
	}
	return err
}

// read makes a search of the address; what cannot be meant is left out.
func (p *recordingsPage) read(c *gin.Context) classroom.RecordingSearch {
	p.Query = url.Values{}
	for _, field := range []string{"course", "room", "state", "from", "to"} {
		p.Query.Set(field, lineOf(c.Query(field)))
	}
	search := classroom.RecordingSearch{Course: p.Query.Get("course"), Room: p.Query.Get("room"), State: classroom.RecordingState(p.Query.Get("state"))}
	zone := zoneOf(p.Visitor.Tenant.TimeZone)
	search.From, _ = time.ParseInLocation(time.DateOnly, p.Query.Get("from"), zone)
	if to, err := time.ParseInLocation(time.DateOnly, p.Query.Get("to"), zone); err == nil {
		search.To = to.AddDate(0, 0, 1) // that day included
	}
	return search
}

// lineOf is one line of a sensible length.
func lineOf(text string) string {
	line := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "")), " "))
	return string(line[:min(len(line), 100)])
}

// playRecording answers POST /console/bbb/recordings/:recording/play, in a new tab.
func (s *Server) playRecording(c *gin.Context, v admin.Visitor) error {
	r, address, err := s.Classroom.PlayRecording(c.Request.Context(), v.Tenant.ID, c.Param("recording"))
	if err := s.Console.Record(c.Request.Context(), v, admin.Act{Name: "recording.play", Subject: r.RecordID, SubjectID: r.ID}, err); err != nil {
		return retryAt(err, pathRecordings)
	}
	return leave(c, address)
}

// actOnRecording answers a POST below a recording, and shows the list again.
func (s *Server) actOnRecording(name, said string, do func(ctx context.Context, tenantID, id string) (classroom.Recording, error)) func(*gin.Context, admin.Visitor) error {
	return func(c *gin.Context, v admin.Visitor) error {
		form, err := postedForm(c, maxForm)
		if err != nil {
			return err
		}
		back := nextPage(form.Get("at"))
		if !strings.HasPrefix(back, pathRecordings+"?") {
			back = pathRecordings
		}
		r, err := do(c.Request.Context(), v.Tenant.ID, c.Param("recording"))
		if err := s.Console.Record(c.Request.Context(), v, admin.Act{Name: name, Subject: r.RecordID, SubjectID: r.ID}, err); err != nil {
			return retryAt(err, back)
		}
		return done(c, back, said)
	}
}
