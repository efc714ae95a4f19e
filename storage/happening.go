package storage

import (
	"context"
	"strings"

	"classbridge/classroom"
)

// happeningSource is a query of one kind of happening: which expression fills
// which field, where NULL is nothing.
type happeningSource struct {
	kind   classroom.HappeningKind
	fields map[string]string
	from   string
	where  string
	args   []any
}

// happeningFields are the fields of a happening as the sources name them.
func happeningFields(h *classroom.Happening) ([]string, []any) {
	return []string{
			"at", "person_id", "person", "room_id", "room", "course_id", "course", "meeting_id", "moderator", "why", "role",
			"result", "key", "detail", "reference", "via", "act", "address", "state", "until", "count",
			"chats", "talks", "talk_seconds", "raised_hands", "emojis", "poll_votes",
		}, []any{
			stamped(&h.At), text(&h.PersonID), text(&h.Person), text(&h.RoomID), text(&h.Room), text(&h.CourseID), text(&h.Course),
			text(&h.MeetingID), truth(&h.Moderator), text(&h.Why), text(&h.Role), text(&h.Result), text(&h.Key), text(&h.Detail),
			text(&h.Reference), text(&h.Via), text(&h.Act), text(&h.Address), text(&h.State), stamped(&h.Until), number(&h.Count),
			number(&h.Chats), number(&h.Talks), number(&h.TalkSeconds), number(&h.RaisedHands), number(&h.Emojis), number(&h.PollVotes),
		}
}

// Happenings lists what happened, the newest of each kind, to the limit.
func (q queries) Happenings(ctx context.Context, t classroom.Timeline) ([]classroom.Happening, error) {
	sources := roomSources
	if t.Person != nil {
		sources = personSources
	}
	var all []classroom.Happening
	for _, s := range sources(t) {
		some, err := q.happened(ctx, s, t)
		if err != nil {
			return nil, wrap("happenings: "+string(s.kind), err)
		}
		all = append(all, some...)
	}
	return all, nil
}

func (q queries) happened(ctx context.Context, s happeningSource, t classroom.Timeline) ([]classroom.Happening, error) {
	names, _ := happeningFields(&classroom.Happening{})
	columns := make([]string, len(names))
	for i, n := range names {
		if columns[i] = s.fields[n]; columns[i] == "" {
			columns[i] = "NULL"
		}
	}
	at := s.fields["at"]
	where, args := s.where+" AND "+at+" IS NOT NULL", s.args
	if !t.Before.IsZero() {
		where, args = where+" AND "+at+" < ?", append(args, t.Before)
	}
	rows, err := q.on(ctx).Raw("SELECT "+strings.Join(columns, ", ")+" FROM "+s.from+" WHERE "+where+
		" ORDER BY "+at+" DESC LIMIT ?", append(args, t.Limit)...).Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []classroom.Happening
	for rows.Next() {
		h := classroom.Happening{Kind: s.kind}
		_, to := happeningFields(&h)
		if err := rows.Scan(to...); err != nil {
			return nil, err
		}
		all = append(all, h)
	}
	return all, rows.Err()
}

// calledCourse is what people call the course c.
const calledCourse = "COALESCE(NULLIF(c.title, ''), c.label)"

// placed are the fields of what happened in the room r of the course c.
func placed(fields map[string]string) map[string]string {
	fields["room_id"], fields["room"], fields["course_id"], fields["course"] = "r.id", "r.title", "c.id", calledCourse
	return fields
}

const (
	inRoom   = " JOIN rooms r ON r.id = "
	ofCourse = " JOIN courses c ON c.id = "
)

func launchSource(where string, args ...any) happeningSource {
	return happeningSource{classroom.HappenedLaunch, placed(map[string]string{
		"at": "l.created_at", "person_id": "p.id", "person": shownName, "moderator": "l.moderator", "why": "l.why", "address": "l.address",
	}), "launches l JOIN persons p ON p.id = l.person_id" + inRoom + "l.room_id" + ofCourse + "l.course_id", where, args}
}

func refusalSource(where string, args ...any) happeningSource {
	return happeningSource{classroom.HappenedRefusal, map[string]string{
		"at": "f.created_at", "person_id": "p.id", "person": shownName, "result": "f.reason", "detail": "f.detail", "reference": "f.reference", "address": "f.address",
	}, "refusals f LEFT JOIN persons p ON p.platform_id = f.platform_id AND p.subject = f.subject AND f.subject <> ''", where, args}
}

func trySource(where string, args ...any) happeningSource {
	return happeningSource{classroom.HappenedTry, placed(map[string]string{
		"at": "t.created_at", "person_id": "p.id", "person": "COALESCE(NULLIF(" + shownName + ", ''), t.chat_name)", "meeting_id": "t.meeting_id",
		"result": "t.result", "key": "t.bbb_key", "detail": "t.detail", "reference": "t.reference", "via": "t.via", "act": "t.act",
	}), "join_tries t LEFT JOIN persons p ON p.id = t.person_id" + inRoom + "t.room_id" + ofCourse + "r.course_id", where, args}
}

func rosterSource(where string, args ...any) happeningSource {
	return happeningSource{classroom.HappenedRoster, map[string]string{
		"at": "o.updated_at", "course_id": "c.id", "course": calledCourse, "state": "o.problem", "detail": "o.detail", "count": "o.members", "until": "o.read_at",
	}, "rosters o" + ofCourse + "o.course_id", where, args}
}

func postSource(where string, args ...any) happeningSource {
	return happeningSource{classroom.HappenedPost, placed(map[string]string{
		"at": "n.created_at", "state": "n.state", "detail": "n.problem", "act": "n.warns", "key": "n.recording_id",
	}), "announcements n" + inRoom + "n.room_id" + ofCourse + "n.course_id", where, args}
}

// personSources are what is known of a person.
func personSources(t classroom.Timeline) []happeningSource {
	p := t.Person
	mine := " IN (SELECT course_id FROM enrolments WHERE tenant_id = ? AND person_id = ? AND ended_at IS NULL)"
	sources := []happeningSource{
		launchSource("l.tenant_id = ? AND l.person_id = ?", p.TenantID, p.ID),
		trySource("t.tenant_id = ? AND t.person_id = ?", p.TenantID, p.ID),
		{classroom.HappenedSeen, placed(map[string]string{
			"at": "a.first_seen", "until": "a.last_seen", "count": "a.seconds", "meeting_id": "m.id",
			"chats": "a.chats", "talks": "a.talks", "talk_seconds": "a.talk_seconds", "raised_hands": "a.raised_hands", "emojis": "a.emojis", "poll_votes": "a.poll_votes",
		}), "attendances a JOIN meetings m ON m.id = a.meeting_id" + inRoom + "m.room_id" + ofCourse + "r.course_id",
			"a.tenant_id = ? AND a.user_id IN ?", []any{p.TenantID, t.UserIDs}},
		{classroom.HappenedLink, map[string]string{"at": "k.created_at", "detail": "k.username"},
			"chat_links k", "k.tenant_id = ? AND k.person_id = ?", []any{p.TenantID, p.ID}},
		{classroom.HappenedAdmit, map[string]string{"at": "d.updated_at", "state": "d.state", "course_id": "c.id", "course": calledCourse},
			"admissions d" + ofCourse + "d.course_id", "d.tenant_id = ? AND d.person_id = ?", []any{p.TenantID, p.ID}},
		rosterSource("o.tenant_id = ? AND o.course_id"+mine, p.TenantID, p.TenantID, p.ID),
		postSource("n.tenant_id = ? AND n.course_id"+mine, p.TenantID, p.TenantID, p.ID),
	}
	if p.Subject != "" {
		sources = append(sources, refusalSource("f.tenant_id = ? AND f.platform_id = ? AND f.subject = ?", p.TenantID, p.PlatformID, p.Subject))
	}
	return append(sources, enrolmentSources(p)...)
}

func enrolmentSources(p *classroom.Person) []happeningSource {
	var sources []happeningSource
	for _, s := range []struct {
		kind classroom.HappeningKind
		at   string
	}{{classroom.HappenedEnrol, "e.created_at"}, {classroom.HappenedLeave, "e.ended_at"}} {
		sources = append(sources, happeningSource{s.kind, map[string]string{
			"at": s.at, "moderator": "e.moderator", "why": "e.why", "role": "e.role_name", "course_id": "c.id", "course": calledCourse,
		}, "enrolments e" + ofCourse + "e.course_id", "e.tenant_id = ? AND e.person_id = ? AND " + begun, []any{p.TenantID, p.ID}})
	}
	return sources
}

// roomSources are what happened in a room.
func roomSources(t classroom.Timeline) []happeningSource {
	r, c := t.Room, t.Course
	sources := []happeningSource{
		launchSource("l.tenant_id = ? AND l.room_id = ?", r.TenantID, r.ID),
		trySource("t.tenant_id = ? AND t.room_id = ?", r.TenantID, r.ID),
		{classroom.HappenedClass, placed(map[string]string{
			"at": "m.created_at", "until": "m.ended_at", "state": "m.state", "count": "m.attended", "meeting_id": "m.id", "person_id": "p.id", "person": shownName,
		}), "meetings m JOIN persons p ON p.id = m.started_by" + inRoom + "m.room_id" + ofCourse + "r.course_id",
			"m.tenant_id = ? AND m.room_id = ?", []any{r.TenantID, r.ID}},
		rosterSource("o.tenant_id = ? AND o.course_id = ?", r.TenantID, c.ID),
		postSource("n.tenant_id = ? AND n.room_id = ?", r.TenantID, r.ID),
	}
	if c.ContextID != "" {
		sources = append(sources, refusalSource("f.tenant_id = ? AND f.platform_id = ? AND f.context_id = ?", r.TenantID, c.PlatformID, c.ContextID))
	}
	return sources
}
