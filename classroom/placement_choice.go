package classroom

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"

	"classbridge/lti"
)

// Choice is what a teacher puts into the course: rooms that it has, and new ones.
type Choice struct {
	RoomIDs []string
	New     []NewRoom
}

// NewRoom is a room to be made.
type NewRoom struct {
	Title, Description string
	Record             bool // its meetings may be recorded
	Graded             bool // attendance is a grade
}

// What a choice may hold.
const (
	MaxChosen      = 20
	MaxRoomTitle   = 200  // characters
	MaxDescription = 1000 // characters
)

// ChoiceError says what is wrong with a choice, so that the page can show it
// beside what was typed.
type ChoiceError struct {
	Message string         // id of a text about the whole; may be empty
	Rows    map[int]string // ids of texts about the new rooms, by their index
}

func (e *ChoiceError) Error() string {
	return fmt.Sprintf("choice: %q and %d of the new rooms", e.Message, len(e.Rows))
}

// Chosen is the answer to take to the LMS: a form of the one field JWT that the
// browser posts to ReturnURL (Deep Linking §3.4.2). Neither is for a log.
type Chosen struct {
	ReturnURL string
	JWT       string
}

// Choose answers the placement with the choice. A placement is answered once:
// the very same choice gets the same answer again, another one is refused.
func (c *Classroom) Choose(ctx context.Context, v Placing, choice Choice) (Chosen, error) {
	if !v.MayPlace {
		return Chosen{}, refuse(Forbidden, "error.placement_learner")
	}
	choice = choice.cleaned(v)
	if err := choice.check(v); err != nil {
		return Chosen{}, err
	}
	made := c.newRooms(v, choice.New)
	return c.answer(ctx, v, choice.digest(), func(tx Tx) ([]string, error) {
		ids := slices.Clone(choice.RoomIDs)
		for _, r := range made {
			if err := tx.CreateRoom(ctx, r); err != nil {
				return nil, err
			}
			ids = append(ids, r.ID)
		}
		return ids, nil
	})
}

// Leave answers that nothing was chosen; LMSs want to hear that too. Anybody may.
func (c *Classroom) Leave(ctx context.Context, v Placing) (Chosen, error) {
	return c.answer(ctx, v, Choice{}.digest(), func(Tx) ([]string, error) { return nil, nil })
}

// answer writes the choice down, unless it is, and signs it.
func (c *Classroom) answer(ctx context.Context, v Placing, digest string, choose func(Tx) ([]string, error)) (Chosen, error) {
	var p Placement
	err := c.Store.Tx(ctx, func(tx Tx) error {
		var err error
		if p, err = tx.LockPlacement(ctx, v.ID); err != nil {
			return err
		}
		switch p.Answer {
		case digest:
			return nil
		case "":
		default:
			return refuse(Conflict, "error.placement_answered")
		}
		if p.RoomIDs, err = choose(tx); err != nil {
			return err
		}
		p.Answer, p.AnsweredAt = digest, c.Now()
		return tx.AnswerPlacement(ctx, p)
	})
	if err != nil {
		return Chosen{}, fmt.Errorf("answer placement %s: %w", v.ID, err)
	}
	return c.sign(ctx, v, p)
}

func (c *Classroom) sign(ctx context.Context, v Placing, p Placement) (Chosen, error) {
	platform, err := c.Store.Platform(ctx, p.PlatformID)
	if err != nil {
		return Chosen{}, fmt.Errorf("answer placement %s: %w", p.ID, err)
	}
	response := lti.DeepLinkingResponse{Platform: platform.Platform, DeploymentID: p.DeploymentID, Data: p.Data}
	for _, id := range p.RoomIDs {
		r, err := c.Store.Room(ctx, id)
		if err != nil {
			return Chosen{}, fmt.Errorf("answer placement %s: %w", p.ID, err)
		}
		response.Items = append(response.Items, c.contentItem(v, r))
	}
	key, err := c.Keys.Signing(ctx)
	if err != nil {
		return Chosen{}, fmt.Errorf("answer placement %s: %w", p.ID, err)
	}
	jwt, err := c.Tool.SignDeepLinking(key, response)
	if err != nil {
		return Chosen{}, fmt.Errorf("answer placement %s: %w", p.ID, err)
	}
	return Chosen{ReturnURL: p.ReturnURL, JWT: jwt}, nil
}

// The column that a link asks for in the gradebook. Grades go to it as minutes
// attended of the minutes held.
const (
	attendanceMaximum = 100
	attendanceTag     = "attendance"
)

// contentItem is the link to a room. The room travels in a custom parameter,
// which comes back signed; the launch decides what it is worth.
func (c *Classroom) contentItem(v Placing, r Room) lti.ContentItem {
	item := lti.ContentItem{
		Title: r.Title, Text: r.Description, URL: c.Tool.RedirectURI(), Custom: map[string]string{CustomRoom: r.ID},
	}
	// A room that has its column already must not get a second one.
	if r.Graded && v.MayGrade && r.LineItemURL == "" {
		item.LineItem = &lti.ContentLineItem{
			Label: r.Title, ResourceID: r.ID, Tag: attendanceTag, ScoreMaximum: attendanceMaximum,
		}
	}
	return item
}

func (c *Classroom) newRooms(v Placing, asked []NewRoom) []Room {
	now := c.Now()
	rooms := make([]Room, len(asked))
	for i, n := range asked {
		id := newID()
		rooms[i] = Room{
			ID: id, TenantID: v.TenantID, CourseID: v.CourseID, ResourceLinkID: id,
			Title: n.Title, Description: n.Description, Record: n.Record, Graded: n.Graded,
			Version: 1, CreatedAt: now, UpdatedAt: now,
		}
	}
	return rooms
}

// cleaned is the choice as it is meant: texts in one line, and nothing asked for
// that the LMS or the school does not give.
func (ch Choice) cleaned(v Placing) Choice {
	clean := Choice{RoomIDs: slices.Compact(slices.Sorted(slices.Values(ch.RoomIDs)))}
	for _, n := range ch.New {
		clean.New = append(clean.New, NewRoom{
			Title: oneLine(n.Title), Description: oneLine(n.Description),
			Record: n.Record && v.MayRecord, Graded: n.Graded && v.MayGrade,
		})
	}
	return clean
}

func (ch Choice) check(v Placing) error {
	e := &ChoiceError{Rows: map[int]string{}}
	for i, n := range ch.New {
		switch {
		case n.Title == "":
			e.Rows[i] = "deeplink.title_missing"
		case utf8.RuneCountInString(n.Title) > MaxRoomTitle:
			e.Rows[i] = "deeplink.title_long"
		case utf8.RuneCountInString(n.Description) > MaxDescription:
			e.Rows[i] = "deeplink.description_long"
		}
	}
	switch count := len(ch.RoomIDs) + len(ch.New); {
	case count == 0:
		e.Message = "deeplink.none_chosen"
	case count > 1 && !v.AcceptMultiple:
		e.Message = "deeplink.only_one"
	case count > MaxChosen:
		e.Message = "deeplink.too_many"
	case !v.offers(ch.RoomIDs):
		e.Message = "deeplink.room_gone"
	}
	if e.Message == "" && len(e.Rows) == 0 {
		return nil
	}
	return e
}

// offers reports whether all of the rooms are of this course.
func (v Placing) offers(roomIDs []string) bool {
	for _, id := range roomIDs {
		if !slices.ContainsFunc(v.Rooms, func(r PlaceableRoom) bool { return r.ID == id }) {
			return false
		}
	}
	return true
}

// digest tells two choices apart.
func (ch Choice) digest() string {
	b, err := json.Marshal(ch)
	if err != nil {
		panic(err) // only strings and truth values
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
