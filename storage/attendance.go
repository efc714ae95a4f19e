package storage

import (
	"context"
	"slices"
	"strings"
	"time"

	"classbridge/classroom"
)

// seeBatch keeps one statement below the number of parameters that both databases take.
const seeBatch = 500

// SeeInside notes who is inside: first seen once, last seen always. The name is
// the newest; who was counted once stays counted. Whoever was seen since that
// look has been inside until now: of two who look at the same time, the second
// adds only what the first has not.
func (q queries) SeeInside(ctx context.Context, inside []classroom.Attendance, since time.Time) error {
	for some := range slices.Chunk(inside, seeBatch) {
		if err := q.seeInside(ctx, some, since); err != nil {
			return wrap("see inside", err)
		}
	}
	return nil
}

func (q queries) seeInside(ctx context.Context, inside []classroom.Attendance, since time.Time) error {
	args := make([]any, 0, 8*len(inside)+1)
	for _, a := range inside {
		args = append(args, a.MeetingID, a.UserID, a.TenantID, a.Name, a.Counted, a.FirstSeen, a.LastSeen, a.LastSeen.Unix())
	}
	args = append(args, since.Unix())
	return q.on(ctx).Exec(`INSERT INTO attendances (meeting_id, user_id, tenant_id, name, counted, first_seen, last_seen, seen_unix)
		VALUES `+rows(len(inside), 8)+`
		ON CONFLICT (meeting_id, user_id) DO UPDATE SET name = excluded.name, last_seen = excluded.last_seen,
			counted = attendances.counted OR excluded.counted, seen_unix = excluded.seen_unix,
			seconds = attendances.seconds + CASE
				WHEN attendances.seen_unix >= ? AND excluded.seen_unix > attendances.seen_unix
				THEN excluded.seen_unix - attendances.seen_unix ELSE 0 END
		WHERE NOT attendances.reported AND excluded.seen_unix >= attendances.seen_unix`, args...).Error
}

// rows are the markers for the values of that many rows.
func rows(n, columns int) string {
	row := ", (" + strings.Repeat(", ?", columns)[2:] + ")"
	return strings.Repeat(row, n)[2:]
}

// ReportInside puts what BigBlueButton reported in the place of what was seen.
// Who was counted once stays counted; the name is the one that was seen.
func (q queries) ReportInside(ctx context.Context, reported []classroom.Attendance) error {
	for some := range slices.Chunk(reported, seeBatch) {
		if err := q.reportInside(ctx, some); err != nil {
			return wrap("report inside", err)
		}
	}
	return nil
}

func (q queries) reportInside(ctx context.Context, reported []classroom.Attendance) error {
	args := make([]any, 0, 16*len(reported))
	for _, a := range reported {
		args = append(args, a.MeetingID, a.UserID, a.TenantID, a.Name, a.Counted, a.FirstSeen, a.LastSeen, a.LastSeen.Unix(),
			a.Seconds, true, a.Chats, a.Talks, a.TalkSeconds, a.RaisedHands, a.Emojis, a.PollVotes)
	}
	return q.on(ctx).Exec(`INSERT INTO attendances (meeting_id, user_id, tenant_id, name, counted, first_seen, last_seen, seen_unix,
			seconds, reported, chats, talks, talk_seconds, raised_hands, emojis, poll_votes)
		VALUES `+rows(len(reported), 16)+`
		ON CONFLICT (meeting_id, user_id) DO UPDATE SET first_seen = excluded.first_seen, last_seen = excluded.last_seen,
			counted = attendances.counted OR excluded.counted, seconds = excluded.seconds, reported = excluded.reported,
			chats = excluded.chats, talks = excluded.talks, talk_seconds = excluded.talk_seconds,
			raised_hands = excluded.raised_hands, emojis = excluded.emojis, poll_votes = excluded.poll_votes`, args...).Error
}

// Attended lists who was seen in those meetings, by name, each UserID once: from
// the first sight of it to the last.
func (q queries) Attended(ctx context.Context, meetingIDs []string) ([]classroom.Attendance, error) {
	seen, err := list[classroom.Attendance](ctx, q, "attended", 0, "name, user_id, first_seen", "meeting_id IN ?", meetingIDs)
	if err != nil {
		return nil, err
	}
	at := make(map[string]int, len(seen))
	once := seen[:0]
	for _, a := range seen {
		i, ok := at[a.UserID]
		if !ok {
			at[a.UserID] = len(once)
			once = append(once, a)
			continue
		}
		once[i] = once[i].Join(a)
	}
	return once, nil
}

// meetingBatch is how many meetings' attendances are read at once.
const meetingBatch = 20

// EachAttendance reads who was in those meetings, by meeting; those with the
// user ids only, if there are any.
func (q queries) EachAttendance(ctx context.Context, meetingIDs, userIDs []string, each func(classroom.Attendance)) error {
	for some := range slices.Chunk(meetingIDs, meetingBatch) {
		where, args := "meeting_id IN ?", []any{some}
		if len(userIDs) > 0 {
			where, args = where+" AND user_id IN ?", append(args, userIDs)
		}
		seen, err := list[classroom.Attendance](ctx, q, "attendances", 0, "meeting_id, first_seen, user_id", where, args...)
		if err != nil {
			return err
		}
		for _, a := range seen {
			each(a)
		}
	}
	return nil
}

// HeldMeetings lists the meetings of those rooms that have ended and in which
// somebody was, newest first. Of a class whose attendance is not kept any longer
// nobody can say who was there: it counts for nobody.
func (q queries) HeldMeetings(ctx context.Context, roomIDs []string) ([]classroom.Meeting, error) {
	return list[classroom.Meeting](ctx, q, "held meetings", 0, "created_at DESC, id DESC",
		"room_id IN ? AND state = ? AND held_seconds > 0 AND EXISTS (SELECT 1 FROM attendances a WHERE a.meeting_id = meetings.id)", roomIDs, classroom.MeetingEnded)
}

// EnrolledIn lists who is, or was, enrolled in the course.
func (q queries) EnrolledIn(ctx context.Context, courseID string) ([]classroom.Enrolled, error) {
	found, err := q.on(ctx).Raw(`SELECT `+personColumns+`, `+enrolmentColumns+`
		FROM enrolments e JOIN persons p ON p.id = e.person_id WHERE e.course_id = ? AND `+begun, courseID).Rows()
	if err != nil {
		return nil, wrap("enrolled in course "+courseID, err)
	}
	defer found.Close()
	var enrolled []classroom.Enrolled
	for found.Next() {
		var e classroom.Enrolled
		if err := found.Scan(append(personFields(&e.Person), enrolmentFields(&e.Enrolment)...)...); err != nil {
			return nil, wrap("enrolled in course "+courseID, err)
		}
		enrolled = append(enrolled, e)
	}
	return enrolled, wrap("enrolled in course "+courseID, found.Err())
}
