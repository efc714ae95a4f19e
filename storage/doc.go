// Package storage keeps the nouns of classroom in SQLite or PostgreSQL. It is
// the only package that knows GORM; the tables are those of package migrations.
//
// A DB is a classroom.Store and lti.Platforms, and has a few more methods for
// the commands and for metrics. DB and the transactions that DB.Tx gives share
// one implementation, queries, one file per noun. What each launch reads and an
// admin changes once a month (tenants, platforms, deployments, servers, the
// chat's connection) is answered from memory, at most half a second old, so that
// a command beside a running server takes effect within a second; inside a
// transaction it is always read.
//
// GORM maps the plain structs of classroom by name. Three things are made the
// same for both databases in one place, pool.go: times are bound in UTC, to the
// microsecond, and the zero time is NULL. Columns that hold secrets are sealed
// by package vault before GORM sees them.
//
// What runs at each launch is written as SQL and scanned without reflection
// (entry.go, launch.go, access.go; statement.go says how); the rest is GORM.
//
// backup.go and restore.go know no nouns: they ask the database what its tables
// are (schema.go), and write and read package archive. sealed.go knows every
// column that is sealed, for when the master key changes or is lost.
package storage
