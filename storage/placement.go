package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"classbridge/classroom"
)

// placementRow is a placement as its table holds it.
type placementRow struct {
	ID             string
	TenantID       string
	PlatformID     string
	DeploymentID   string
	Nonce          string
	PersonID       string
	CourseID       string
	Settings       string
	AcceptMultiple bool
	AcceptLineItem bool
	Answer         string
	RoomIDs        []string `gorm:"column:room_ids;serializer:json"`
	CreatedAt      time.Time
	AnsweredAt     time.Time
}

func (placementRow) TableName() string { return "placements" }

// placementSettings are sealed: the address may hold a session key of the LMS,
// and the data is the LMS's own business.
type placementSettings struct {
	ReturnURL string  `json:"return_url"`
	Data      *string `json:"data,omitempty"`
}

func settingsOf(placementID string) string { return "placements/" + placementID + "/settings" }

func (q queries) newPlacementRow(p classroom.Placement) (placementRow, error) {
	settings, err := json.Marshal(placementSettings{p.ReturnURL, p.Data})
	if err != nil {
		return placementRow{}, err
	}
	sealed, err := q.vault.Seal(settings, settingsOf(p.ID))
	return placementRow{
		ID: p.ID, TenantID: p.TenantID, PlatformID: p.PlatformID, DeploymentID: p.DeploymentID, Nonce: p.Nonce,
		PersonID: p.PersonID, CourseID: p.CourseID, Settings: sealed, AcceptMultiple: p.AcceptMultiple, AcceptLineItem: p.AcceptLineItem,
		Answer: p.Answer, RoomIDs: p.RoomIDs, CreatedAt: p.CreatedAt, AnsweredAt: p.AnsweredAt,
	}, err
}

func (q queries) placement(r placementRow) (classroom.Placement, error) {
	plain, err := q.vault.Open(r.Settings, settingsOf(r.ID))
	if err != nil {
		return classroom.Placement{}, fmt.Errorf("placement %s: %w", r.ID, err)
	}
	var s placementSettings
	if err := json.Unmarshal(plain, &s); err != nil {
		return classroom.Placement{}, fmt.Errorf("placement %s: settings: %w", r.ID, err)
	}
	return classroom.Placement{
		ID: r.ID, TenantID: r.TenantID, PlatformID: r.PlatformID, DeploymentID: r.DeploymentID, Nonce: r.Nonce,
		PersonID: r.PersonID, CourseID: r.CourseID, ReturnURL: s.ReturnURL, Data: s.Data,
		AcceptMultiple: r.AcceptMultiple, AcceptLineItem: r.AcceptLineItem,
		Answer: r.Answer, RoomIDs: r.RoomIDs, CreatedAt: r.CreatedAt, AnsweredAt: r.AnsweredAt,
	}, nil
}

// CreatePlacement inserts a placement; Conflict if its nonce was used before.
func (q queries) CreatePlacement(ctx context.Context, p classroom.Placement) error {
	row, err := q.newPlacementRow(p)
	if err != nil {
		return wrap("create placement "+p.ID, err)
	}
	return create(ctx, q, "create placement "+p.ID, row)
}

// Placement reads a placement.
func (q queries) Placement(ctx context.Context, id string) (classroom.Placement, error) {
	row, err := get[placementRow](ctx, q, "placement "+id, "id = ?", id)
	if err != nil {
		return classroom.Placement{}, err
	}
	return q.placement(row)
}

// LockPlacement reads a placement and keeps it from others until the transaction ends.
func (q queries) LockPlacement(ctx context.Context, id string) (classroom.Placement, error) {
	row, err := lock[placementRow](ctx, q, "lock placement "+id, id)
	if err != nil {
		return classroom.Placement{}, err
	}
	return q.placement(row)
}

// AnswerPlacement writes down what was chosen.
func (q queries) AnswerPlacement(ctx context.Context, p classroom.Placement) error {
	rooms, err := json.Marshal(p.RoomIDs)
	if err != nil {
		return wrap("answer placement "+p.ID, err)
	}
	return q.exec(ctx, "answer placement "+p.ID, "UPDATE placements SET answer = ?, room_ids = ?, answered_at = ? WHERE id = ?",
		p.Answer, string(rooms), p.AnsweredAt, p.ID)
}

// ForgetPlacements deletes those made before then.
func (q queries) ForgetPlacements(ctx context.Context, before time.Time) error {
	return wrap("forget placements", q.on(ctx).Exec("DELETE FROM placements WHERE created_at < ?", before).Error)
}

// PlaceableRooms lists the newest rooms of a course, and when each was last used.
func (q queries) PlaceableRooms(ctx context.Context, courseID string, limit int) ([]classroom.PlaceableRoom, error) {
	rooms, err := list[classroom.Room](ctx, q, "placeable rooms", limit, "created_at DESC, id DESC", "course_id = ? AND parent_id = ''", courseID)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(rooms))
	for i, r := range rooms {
		ids[i] = r.ID
	}
	used, err := q.lastMeetings(ctx, ids)
	placeable := make([]classroom.PlaceableRoom, len(rooms))
	for i, r := range rooms {
		placeable[i] = classroom.PlaceableRoom{Room: r, UsedAt: used[r.ID]}
	}
	return placeable, err
}

// lastMeetings answers when the last meeting of each room began. Ids of meetings
// are made in the order of time.
func (q queries) lastMeetings(ctx context.Context, roomIDs []string) (map[string]time.Time, error) {
	if len(roomIDs) == 0 {
		return nil, nil
	}
	var last []classroom.Meeting
	err := q.on(ctx).Select("room_id", "created_at").
		Where("id IN (SELECT MAX(id) FROM meetings WHERE room_id IN ? GROUP BY room_id)", roomIDs).Find(&last).Error
	began := make(map[string]time.Time, len(last))
	for _, m := range last {
		began[m.RoomID] = m.CreatedAt
	}
	return began, wrap("last meetings", err)
}
