package storage

import (
	"context"
	"slices"
	"strings"
	"time"

	"classbridge/classroom"
)

// CourseOf reads a course of the tenant.
func (q queries) CourseOf(ctx context.Context, tenantID, id string) (classroom.Course, error) {
	return get[classroom.Course](ctx, q, "course "+id, "tenant_id = ? AND id = ?", tenantID, id)
}

// CourseOfChannel answers the id of a course that has that channel, whichever tenant's.
func (q queries) CourseOfChannel(ctx context.Context, channelID string) (string, bool, error) {
	c, found, err := find[classroom.Course](ctx, q, "course of a channel", "channel_id = ? AND channel_id <> ''", channelID)
	return c.ID, found, err
}

// withChannel is the condition of a list of courses.
func withChannel(m classroom.CourseChannelQuery) (string, []any) {
	where, args := " WHERE c.tenant_id = ?", []any{m.TenantID}
	if m.State != nil {
		where, args = where+" AND c.channel = ?", append(args, *m.State)
	}
	if m.Search == "" {
		return where, args
	}
	literal := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(m.Search)
	lower := strings.ToLower(literal)
	var either []string
	for _, column := range []string{"c.title", "c.label", "c.channel_name"} {
		either, args = append(either, "LOWER("+column+`) LIKE ? ESCAPE '\'`), append(args, "%"+lower+"%")
		for _, form := range []string{literal, strings.ToUpper(literal), capitalized(lower)} { // see named
			either, args = append(either, column+` LIKE ? ESCAPE '\'`), append(args, "%"+form+"%")
		}
	}
	return where + " AND (" + strings.Join(either, " OR ") + ")", args
}

// openPost is the condition that a post is not what it should be.
const openPost = "(n.state = 'waiting' OR n.problem <> '')"

// CourseChannels lists courses with what there is of their channels, by title.
func (q queries) CourseChannels(ctx context.Context, m classroom.CourseChannelQuery) ([]classroom.CourseChannel, error) {
	const op = "courses and their channels"
	where, args := withChannel(m)
	rows, err := q.on(ctx).Raw(`SELECT `+courseColumns+`, p.name,
			(SELECT COUNT(*) FROM enrolments e WHERE e.course_id = c.id AND e.ended_at IS NULL AND e.counted),
			(SELECT COUNT(*) FROM admissions a WHERE a.course_id = c.id AND a.state = 'member'),
			(SELECT COUNT(*) FROM announcements n WHERE n.tenant_id = c.tenant_id AND n.course_id = c.id AND `+openPost+`)
		FROM courses c JOIN platforms p ON p.id = c.platform_id`+where+`
		ORDER BY LOWER(c.title), c.id LIMIT ? OFFSET ?`, append(args, m.Limit, m.Offset)...).Rows()
	if err != nil {
		return nil, wrap(op, err)
	}
	defer rows.Close()
	var courses []classroom.CourseChannel
	for rows.Next() {
		var one classroom.CourseChannel
		fields := append(courseFields(&one.Course), text(&one.Platform), number(&one.Enrolled), number(&one.Members), number(&one.Open))
		if err := rows.Scan(fields...); err != nil {
			return nil, wrap(op, err)
		}
		courses = append(courses, one)
	}
	return courses, wrap(op, rows.Err())
}

// CountCourseChannels counts what CourseChannels lists.
func (q queries) CountCourseChannels(ctx context.Context, m classroom.CourseChannelQuery) (n int64, err error) {
	where, args := withChannel(m)
	err = q.on(ctx).Raw("SELECT COUNT(*) FROM courses c"+where, args...).Row().Scan(&n)
	return n, wrap("count courses", err)
}

// WantAllAdmissions lets all who count in a course wait for its channel.
func (q queries) WantAllAdmissions(ctx context.Context, c classroom.Course, at time.Time) error {
	err := q.on(ctx).Exec(`INSERT INTO admissions (tenant_id, course_id, person_id, state, updated_at)
		SELECT tenant_id, course_id, person_id, ?, ? FROM enrolments WHERE course_id = ? AND counted AND ended_at IS NULL
		ON CONFLICT (course_id, person_id) DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at`,
		classroom.AdmissionWanted, at, c.ID).Error
	return wrap("want all admissions to course "+c.ID, err)
}

// LeaveAgain lets all be taken out once more who were in and have left the course.
func (q queries) LeaveAgain(ctx context.Context, courseID string, at time.Time) ([]string, error) {
	return q.ids(ctx, "leave the channel of course "+courseID+" again", `UPDATE admissions SET state = ?, updated_at = ?
		WHERE course_id = ? AND state = ? AND chat_user_id <> ''
			AND EXISTS (SELECT 1 FROM enrolments e WHERE e.course_id = admissions.course_id AND e.person_id = admissions.person_id AND e.ended_at IS NOT NULL)
		RETURNING person_id`, classroom.AdmissionLeaving, at, courseID, classroom.AdmissionEnded)
}

// presence says why somebody is in the channel, or not. Where equal addresses are
// not to be used, whoever has no link has nothing to be found by.
func presence(matchEmail bool) string {
	unlinked := "p.email = ''"
	if !matchEmail {
		unlinked = "1 = 1"
	}
	return `CASE
		WHEN e.ended_at IS NOT NULL AND a.state = 'leaving' THEN 'leaving'
		WHEN e.ended_at IS NOT NULL THEN 'ended'
		WHEN NOT e.counted THEN 'uncounted'
		WHEN a.state IS NULL THEN 'never'
		WHEN a.state = 'member' THEN 'member'
		WHEN a.state = 'full' THEN 'full'
		WHEN a.state <> 'no_account' THEN 'waiting'
		WHEN l.id IS NOT NULL THEN 'dead_link'
		WHEN ` + unlinked + ` THEN 'not_linked'
		ELSE 'no_account' END`
}

const presenceTables = ` FROM enrolments e
	JOIN persons p ON p.id = e.person_id
	LEFT JOIN admissions a ON a.course_id = e.course_id AND a.person_id = e.person_id
	LEFT JOIN chat_links l ON l.person_id = e.person_id
	WHERE e.course_id = ? AND ` + begun

// Presences lists people of a course with how they stand towards its channel.
func (q queries) Presences(ctx context.Context, m classroom.PresenceQuery) ([]classroom.PresentMember, error) {
	const op = "people of a channel"
	where, args := named(m.Search)
	if m.Presence != "" {
		where, args = where+" AND "+presence(m.MatchEmail)+" = ?", append(args, m.Presence)
	}
	rows, err := q.on(ctx).Raw(`SELECT `+personColumns+`, `+presence(m.MatchEmail)+`, l.username, a.updated_at`+presenceTables+where+`
		ORDER BY LOWER(`+shownName+`), p.id LIMIT ? OFFSET ?`,
		slices.Concat([]any{m.CourseID}, args, []any{m.Limit, m.Offset})...).Rows()
	if err != nil {
		return nil, wrap(op, err)
	}
	defer rows.Close()
	var people []classroom.PresentMember
	for rows.Next() {
		var one classroom.PresentMember
		fields := append(personFields(&one.Person), text((*string)(&one.Presence)), text(&one.Username), stamped(&one.Since))
		if err := rows.Scan(fields...); err != nil {
			return nil, wrap(op, err)
		}
		people = append(people, one)
	}
	return people, wrap(op, rows.Err())
}

// CountPresences counts people of a course by how they stand towards its channel.
func (q queries) CountPresences(ctx context.Context, m classroom.PresenceQuery) (map[classroom.Presence]int64, error) {
	where, args := named(m.Search)
	var rows []struct {
		Presence classroom.Presence
		N        int64
	}
	err := q.on(ctx).Raw(`SELECT presence, COUNT(*) AS n FROM (SELECT `+presence(m.MatchEmail)+` AS presence`+presenceTables+where+`) AS people GROUP BY presence`,
		append([]any{m.CourseID}, args...)...).Scan(&rows).Error
	counts := map[classroom.Presence]int64{}
	for _, r := range rows {
		counts[r.Presence] = r.N
	}
	return counts, wrap("count people of a channel", err)
}
