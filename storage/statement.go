package storage

import (
	"context"
	"fmt"
	"strings"
)

// statement is SQL that each launch runs. On PostgreSQL, outside a transaction,
// pgx runs it itself: on their own way database/sql and GORM take more time than
// the database does.
type statement struct {
	marked   string // parameters are ?, for GORM
	numbered string // parameters are $1, $2, …, for pgx
}

func newStatement(marked string) statement {
	var b strings.Builder
	for i, part := range strings.Split(marked, "?") {
		if i > 0 {
			fmt.Fprintf(&b, "$%d", i)
		}
		b.WriteString(part)
	}
	return statement{marked, b.String()}
}

// scanner is a row that was asked for.
type scanner interface{ Scan(to ...any) error }

// row asks for the one row that s reads; Scan tells whether there is one.
func (q queries) row(ctx context.Context, s statement, args ...any) scanner {
	if q.direct != nil {
		return q.direct.QueryRow(ctx, s.numbered, bind(args)...)
	}
	return q.on(ctx).Raw(s.marked, args...).Row()
}

// run runs what s writes.
func (q queries) run(ctx context.Context, s statement, args ...any) error {
	if q.direct != nil {
		_, err := q.direct.Exec(ctx, s.numbered, bind(args)...)
		return err
	}
	return q.on(ctx).Exec(s.marked, args...).Error
}
