package storage

import (
	"context"
	"slices"
	"strings"

	"classbridge/classroom"
)

// shownName is the name by which the pages know a person.
const shownName = "COALESCE(NULLIF(p.name, ''), p.chosen_name)"

// begun leaves those out whom a roster lists that is not believed yet.
const begun = "(e.ended_at IS NULL OR e.ended_at > e.created_at)"

// People lists people of a course, moderators first, then by name.
func (q queries) People(ctx context.Context, m classroom.PeopleQuery) ([]classroom.Member, error) {
	const op = "people of a course"
	where, args := named(m.Search)
	rows, err := q.on(ctx).Raw(`SELECT `+personColumns+`, `+enrolmentColumns+`, a.state
		FROM enrolments e
		JOIN persons p ON p.id = e.person_id
		LEFT JOIN admissions a ON a.course_id = e.course_id AND a.person_id = e.person_id
		WHERE e.course_id = ? AND (e.ended_at IS NOT NULL) = ? AND `+begun+where+`
		ORDER BY e.moderator DESC, LOWER(`+shownName+`), p.id LIMIT ? OFFSET ?`,
		slices.Concat([]any{m.CourseID, m.Ended}, args, []any{m.Limit, m.Offset})...).Rows()
	if err != nil {
		return nil, wrap(op, err)
	}
	defer rows.Close()
	var people []classroom.Member
	for rows.Next() {
		var one classroom.Member
		fields := slices.Concat(personFields(&one.Person), enrolmentFields(&one.Enrolment), []any{text((*string)(&one.Admission))})
		if err := rows.Scan(fields...); err != nil {
			return nil, wrap(op, err)
		}
		people = append(people, one)
	}
	return people, wrap(op, rows.Err())
}

// CountPeople counts people of a course.
func (q queries) CountPeople(ctx context.Context, courseID, search string) (classroom.PeopleCounts, error) {
	var n classroom.PeopleCounts
	where, args := named(search)
	err := q.on(ctx).Raw(`SELECT
			COUNT(CASE WHEN e.ended_at IS NULL AND e.counted AND e.moderator THEN 1 END),
			COUNT(CASE WHEN e.ended_at IS NULL AND e.counted AND NOT e.moderator THEN 1 END),
			COUNT(CASE WHEN e.ended_at IS NULL AND NOT e.counted THEN 1 END),
			COUNT(CASE WHEN e.ended_at IS NOT NULL THEN 1 END)
		FROM enrolments e JOIN persons p ON p.id = e.person_id WHERE e.course_id = ? AND `+begun+where,
		append([]any{courseID}, args...)...).Row().Scan(&n.Moderators, &n.Viewers, &n.Uncounted, &n.Ended)
	return n, wrap("count people of course "+courseID, err)
}

// named is the condition that a name has the text in it, in any case. SQLite's
// own LOWER knows ASCII only: the forms that people type are tried beside it.
func named(search string) (string, []any) {
	if search == "" {
		return "", nil
	}
	literal := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(search)
	lower := strings.ToLower(literal)
	forms := []string{literal, strings.ToUpper(literal), capitalized(lower)}
	where, args := ` AND (LOWER(`+shownName+`) LIKE ? ESCAPE '\'`, []any{"%" + lower + "%"}
	for _, f := range forms {
		where, args = where+` OR `+shownName+` LIKE ? ESCAPE '\'`, append(args, "%"+f+"%")
	}
	return where + ")", args
}

// capitalized begins each word of a text in small letters with a large one.
func capitalized(lower string) string {
	words := strings.Split(lower, " ")
	for i, w := range words {
		if r := []rune(w); len(r) > 0 {
			words[i] = strings.ToUpper(string(r[:1])) + string(r[1:])
		}
	}
	return strings.Join(words, " ")
}
