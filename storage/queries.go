package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"classbridge/classroom"
	"classbridge/storage/vault"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// queries is what a DB and its transactions have in common.
type queries struct {
	gorm   *gorm.DB
	direct *pgxpool.Pool // for statements; nil in a transaction and on SQLite
	vault  *vault.Vault
	now    func() time.Time
}

func (q queries) on(ctx context.Context) *gorm.DB { return q.gorm.WithContext(ctx) }

// create inserts a row.
func create[T any](ctx context.Context, q queries, op string, row T) error {
	return wrap(op, q.on(ctx).Create(&row).Error)
}

// save writes all columns of the row with that id but those that never change;
// NotFound if there is none.
func save[T any](ctx context.Context, q queries, op string, row T) error {
	// SkipHooks keeps GORM from setting the time of update to its own clock.
	db := q.on(ctx).Session(&gorm.Session{SkipHooks: true})
	return changed(op, db.Model(&row).Select("*").Omit("tenant_id", "created_at").Updates(&row))
}

// exec runs a statement that must change at least one row; NotFound if it did not.
func (q queries) exec(ctx context.Context, op, query string, args ...any) error {
	return changed(op, q.on(ctx).Exec(query, args...))
}

func changed(op string, done *gorm.DB) error {
	if done.Error == nil && done.RowsAffected == 0 {
		return wrap(op, gorm.ErrRecordNotFound)
	}
	return wrap(op, done.Error)
}

// get reads the one row that is meant; NotFound if there is none.
func get[T any](ctx context.Context, q queries, op, where string, args ...any) (T, error) {
	var row T
	err := q.on(ctx).Where(where, args...).Take(&row).Error
	return row, wrap(op, err)
}

// lock reads the row with that id and keeps it from others until the end of the
// transaction. SQLite locks the whole file when a transaction begins.
func lock[T any](ctx context.Context, q queries, op, id string) (T, error) {
	var row T
	err := q.on(ctx).Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).Where("id = ?", id).Take(&row).Error
	return row, wrap(op, err)
}

// find reads a row that may be missing.
func find[T any](ctx context.Context, q queries, op, where string, args ...any) (T, bool, error) {
	row, err := get[T](ctx, q, op, where, args...)
	if classroom.Is(err, classroom.NotFound) {
		return row, false, nil
	}
	return row, err == nil, err
}

// list reads rows in that order; limit 0 means all.
func list[T any](ctx context.Context, q queries, op string, limit int, order, where string, args ...any) ([]T, error) {
	var rows []T
	db := q.on(ctx).Where(where, args...).Order(order)
	if limit > 0 {
		db = db.Limit(limit)
	}
	return rows, wrap(op, db.Find(&rows).Error)
}

// wrap names the operation and turns what databases say into classroom's codes.
func wrap(op string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, gorm.ErrRecordNotFound), errors.Is(err, sql.ErrNoRows):
		return &classroom.Error{Code: classroom.NotFound, Message: "not_found", Err: errors.New(op)}
	case duplicate(err):
		return &classroom.Error{Code: classroom.Conflict, Message: "conflict", Err: fmt.Errorf("%s: %w", op, err)}
	}
	return fmt.Errorf("%s: %w", op, err)
}

// duplicate reports whether a row was refused because its key is taken. GORM
// tells it by an error of its own, pgx by PostgreSQL's code.
func duplicate(err error) bool {
	const uniqueViolation = "23505"
	var refused *pgconn.PgError
	return errors.Is(err, gorm.ErrDuplicatedKey) || errors.As(err, &refused) && refused.Code == uniqueViolation
}
