package main

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgxpool"
)

const createNonces = `CREATE TABLE IF NOT EXISTS nonces (nonce TEXT PRIMARY KEY, used_at TIMESTAMP NOT NULL DEFAULT now())`

var errReplayed = errors.New("nonce replayed")

// nonces is the memory of launches.
type nonces struct{ pool *pgxpool.Pool }

// use takes the nonce, once: its row is unique.
func (n nonces) use(ctx context.Context, nonce string) error {
	tag, err := n.pool.Exec(ctx, "INSERT INTO nonces (nonce) VALUES ($1) ON CONFLICT DO NOTHING", nonce)
	if err != nil {
		return err
	}
	if tag.RowsAffected() != 1 {
		return errReplayed
	}
	return nil
}
