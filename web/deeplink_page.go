package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// placementPage lets a teacher choose the rooms to put into the course.
type placementPage struct {
	basePage
	classroom.Placing
	Options []roomOption
	Rows    []newRoomRow
	Problem string // id of a text about the whole; may be empty
}

// roomOption is a room that the course has.
type roomOption struct {
	classroom.PlaceableRoom
	Checked bool
}

// newRoomRow is where a new room is described.
type newRoomRow struct {
	classroom.NewRoom
	Index   int
	Problem string // id of a text; may be empty
}

// Blank reports a row that nobody has written in: it is no room.
func (r newRoomRow) Blank() bool {
	return strings.TrimSpace(r.Title) == "" && strings.TrimSpace(r.Description) == ""
}

const (
	firstRows = 2
	moreRows  = 3
)

func (s *Server) placementPage(c *gin.Context, v classroom.Placing) *placementPage {
	p := &placementPage{basePage: s.base(c), Placing: v}
	p.Title, p.Zone = p.Text("deeplink.title"), v.Course.TimeZone
	for _, r := range v.Rooms {
		p.Options = append(p.Options, roomOption{PlaceableRoom: r})
	}
	return p
}

// offerRows gives rows to write in. What the LMS proposes is taken for the first
// room of a course; later a teacher may only want to link to that one again.
func (p *placementPage) offerRows() {
	p.addRows(firstRows)
	if len(p.Options) == 0 {
		p.Rows[0].Title, p.Rows[0].Description = p.Proposed.Title, p.Proposed.Description
	}
}

func (p *placementPage) addRows(n int) {
	limit := classroom.MaxChosen
	if !p.AcceptMultiple {
		limit = 1
	}
	for ; n > 0 && len(p.Rows) < limit; n-- {
		p.Rows = append(p.Rows, newRoomRow{Index: len(p.Rows), NewRoom: classroom.NewRoom{Record: p.MayRecord}})
	}
}

// MayAdd reports whether there may be more rows.
func (p *placementPage) MayAdd() bool { return p.AcceptMultiple && len(p.Rows) < classroom.MaxChosen }

// typed fills the page with what was typed. Rows are told apart by their place;
// of boxes, browsers send only those that are ticked, hence by number.
func (p *placementPage) typed(form url.Values) {
	for i := range p.Options {
		p.Options[i].Checked = slices.Contains(form["room"], p.Options[i].ID)
	}
	descriptions := form["description"]
	for i, title := range form["title"] {
		if i == 2*classroom.MaxChosen {
			break
		}
		row := newRoomRow{Index: i, NewRoom: classroom.NewRoom{
			Title: title, Record: slices.Contains(form["record"], strconv.Itoa(i)), Graded: slices.Contains(form["graded"], strconv.Itoa(i)),
		}}
		if i < len(descriptions) {
			row.Description = descriptions[i]
		}
		p.Rows = append(p.Rows, row)
	}
}

// choice is what the page says now. Rooms that it does not offer were not there
// when it was drawn, or never.
func (p *placementPage) choice() classroom.Choice {
	var ch classroom.Choice
	for _, o := range p.Options {
		if o.Checked {
			ch.RoomIDs = append(ch.RoomIDs, o.ID)
		}
	}
	for _, r := range p.Rows {
		if !r.Blank() {
			ch.New = append(ch.New, r.NewRoom)
		}
	}
	return ch
}

// show puts what is wrong where it belongs: rooms are counted without blank rows.
func (p *placementPage) show(e *classroom.ChoiceError) {
	p.Problem = e.Message
	room := 0
	for i := range p.Rows {
		if p.Rows[i].Blank() {
			continue
		}
		p.Rows[i].Problem = e.Rows[room]
		room++
	}
}
