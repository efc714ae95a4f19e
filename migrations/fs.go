// Package migrations holds the SQL that makes and changes the tables. One set
// serves SQLite and PostgreSQL: ids are TEXT made in Go, times are TIMESTAMP in
// UTC (the pure-Go SQLite driver cannot scan TIMESTAMPTZ), lists are JSON texts.
//
// Files are numbered and forward only; each is applied in a transaction of its
// own by package storage, under one lock. A file that was released is never
// changed: what is to be different gets the next number.
package migrations

import "embed"

// FS holds the files, at its root.
//
//go:embed *.sql
var FS embed.FS
