package storage

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

// postgresConnections is the size of the pool: the queue's workers hold
// connections beside those of the clicks. pool_max_conns in the URL sets another.
const postgresConnections = 24

func openPostgres(ctx context.Context, c Config) (engine, gorm.Dialector, error) {
	config, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		return engine{}, nil, err
	}
	// TIMESTAMP has no zone: the server must not put its own into CURRENT_TIMESTAMP.
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	if !strings.Contains(c.URL, "pool_max_conns") {
		config.MaxConns = postgresConnections
	}
	p, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return engine{}, nil, err
	}
	if err := p.Ping(ctx); err != nil {
		p.Close()
		return engine{}, nil, err
	}
	db := stdlib.OpenDBFromPool(p)
	return engine{sql: db, pool: p}, postgres.New(postgres.Config{Conn: pool{ConnPool: db}}), nil
}
