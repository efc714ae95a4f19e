package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"classbridge/classroom"
)

// recordingRow is a classroom.Recording as its table holds it.
type recordingRow struct {
	ID             string
	TenantID       string
	RoomID         string
	MeetingID      string
	RecordID       string
	State          classroom.RecordingState
	Formats        []string `gorm:"serializer:json"`
	Size           int64
	StartedAt      time.Time
	EndedAt        time.Time
	AnnouncementID string
	Kept           bool
	Retire         classroom.Retire
	RetireAt       time.Time
	WarningID      string
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

func (recordingRow) TableName() string { return "recordings" }

// Recording reads a recording.
func (q queries) Recording(ctx context.Context, id string) (classroom.Recording, error) {
	r, err := get[recordingRow](ctx, q, "recording "+id, "id = ?", id)
	return classroom.Recording(r), err
}

// CreateRecording inserts a recording; Conflict if that record id is known.
func (q queries) CreateRecording(ctx context.Context, r classroom.Recording) error {
	return create(ctx, q, "create recording "+r.ID, recordingRow(r))
}

// SaveRecording changes a recording.
func (q queries) SaveRecording(ctx context.Context, r classroom.Recording) error {
	return save(ctx, q, "save recording "+r.ID, recordingRow(r))
}

// Recordings lists those of the meetings, oldest first.
func (q queries) Recordings(ctx context.Context, meetingIDs []string) ([]classroom.Recording, error) {
	return q.recordings(ctx, "recordings", 0, "started_at, id", "meeting_id IN ?", meetingIDs)
}

func (q queries) recordings(ctx context.Context, op string, limit int, order, where string, args ...any) ([]classroom.Recording, error) {
	rows, err := list[recordingRow](ctx, q, op, limit, order, where, args...)
	recordings := make([]classroom.Recording, len(rows))
	for i, r := range rows {
		recordings[i] = classroom.Recording(r)
	}
	return recordings, err
}

// RecordingNumbers are for metrics.
type RecordingNumbers struct {
	Waiting int       // meetings whose recording BigBlueButton has not published yet
	Oldest  time.Time // end of the one that waits longest; zero if none does
	Bytes   int64     // of all recordings that are not deleted
}

// What waits is counted in an index that holds nothing else, which is why the
// state stands in the statements and is not bound.
const (
	numbersQuery = `SELECT (SELECT COUNT(*) FROM meetings WHERE recording_state = 'processing'),
		(SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM recordings WHERE state <> 'deleted')`
	oldestQuery = `SELECT ended_at FROM meetings WHERE recording_state = 'processing' AND ended_at IS NOT NULL
		ORDER BY ended_at LIMIT 1`
)

// RecordingNumbers counts over all tenants.
func (db *DB) RecordingNumbers(ctx context.Context) (RecordingNumbers, error) {
	const op = "count recordings"
	var n RecordingNumbers
	if err := db.on(ctx).Raw(numbersQuery).Row().Scan(&n.Waiting, &n.Bytes); err != nil {
		return RecordingNumbers{}, wrap(op, err)
	}
	err := db.on(ctx).Raw(oldestQuery).Row().Scan(&n.Oldest)
	if errors.Is(err, sql.ErrNoRows) {
		return n, nil
	}
	return n, wrap(op, err)
}
