package jobs

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// errNotOurs answers attempts to end a transaction that storage has begun.
var errNotOurs = errors.New("the transaction belongs to storage")

// connTx is a connection in a transaction of storage's, as a pgx.Tx to insert
// with. It can be used, not ended.
type connTx struct{ conn *pgx.Conn }

var _ pgx.Tx = connTx{}

func (t connTx) Begin(context.Context) (pgx.Tx, error) { return nil, errNotOurs }
func (t connTx) Commit(context.Context) error          { return errNotOurs }
func (t connTx) Rollback(context.Context) error        { return errNotOurs }
func (t connTx) Conn() *pgx.Conn                       { return t.conn }
func (t connTx) LargeObjects() pgx.LargeObjects        { return pgx.LargeObjects{} }

func (t connTx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return t.conn.Exec(ctx, sql, args...)
}

func (t connTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return t.conn.Query(ctx, sql, args...)
}

func (t connTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return t.conn.QueryRow(ctx, sql, args...)
}

func (t connTx) Prepare(ctx context.Context, name, sql string) (*pgconn.StatementDescription, error) {
	return t.conn.Prepare(ctx, name, sql)
}

func (t connTx) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	return t.conn.SendBatch(ctx, b)
}

func (t connTx) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, src pgx.CopyFromSource) (int64, error) {
	return t.conn.CopyFrom(ctx, table, columns, src)
}
