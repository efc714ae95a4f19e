package storage

import (
	"strings"

	"gorm.io/gorm/clause"
)

// among is what IN takes for a list that is long. Of a plain list PostgreSQL may
// believe that comparing every row of a course with all of it is the shortest way,
// as long as it has not counted what the tables hold: minutes after they were
// filled. A list of VALUES is joined, one row by the index for each.
func among(ids []string) clause.Expr {
	if len(ids) == 0 {
		return clause.Expr{SQL: "(NULL)"}
	}
	vars := make([]any, len(ids))
	for i, id := range ids {
		vars[i] = id
	}
	return clause.Expr{SQL: "(VALUES " + strings.Repeat("(?),", len(ids)-1) + "(?))", Vars: vars}
}

// inCourse stands beside a list of persons: it keeps both databases from going
// through the course for each of them. Who is meant is found by the person.
const inCourse = "course_id || '' = ?"
