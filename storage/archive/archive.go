// Package archive is the file that a backup is: all rows of the database, of
// whichever kind that is, and the work that waits, in a form that any of them
// can be filled from.
//
// The file is encrypted by age (age-encryption.org/v1), and within compressed by
// gzip. What is inside is one JSON value a line:
//
//	{"format":1,"made":…,"migrations":[1,2,…],"tables":[…]}   Header
//	{"table":"courses"}                                       its rows follow
//	["01a2…","default",…]                                     a row: its columns in the header's order
//	{"work":true}                                             work that waits follows
//	["announce",{"AnnouncementID":"…"},"2026-11-22T10:00:00Z"]
//	{"end":{"rows":{"courses":1},"work":1,"sha256":"…"}}      what was written; the digest of all lines before
//
// Nothing of it is ever held in memory but one row. Secrets of the database are
// in it as they are there: sealed with a master key that is not in it.
package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// format is the version of the form; a reader refuses others.
const format = 1

// longestLine bounds one row in memory: the database's own columns are far smaller.
const longestLine = 64 << 20

// Header is the first line: what the file was made of.
type Header struct {
	Format     int       `json:"format"`
	Made       time.Time `json:"made"`
	Program    string    `json:"program"`    // version of the program that made it
	Database   string    `json:"database"`   // kind of database
	Migrations []int64   `json:"migrations"` // that the tables are made by
	Key        string    `json:"key"`        // id of the master key that was current
	Tables     []Table   `json:"tables"`     // none before those that it refers to
}

// Schema is the newest migration.
func (h Header) Schema() int64 {
	if len(h.Migrations) == 0 {
		return 0
	}
	return h.Migrations[len(h.Migrations)-1]
}

// Table is one table's name and columns.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
}

// Column is a column and what its values are, whatever a database calls that.
type Column struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
}

// Kind of a value. Each may be NULL.
type Kind string

// All kinds.
const (
	Text   Kind = "text"
	Number Kind = "number"
	Float  Kind = "float"
	Truth  Kind = "truth"
	Time   Kind = "time"
	Bytes  Kind = "bytes"
)

// Work is one piece of work that waits.
type Work struct {
	Kind string
	Args json.RawMessage
	At   time.Time
}

// Summary is the last line: what was written.
type Summary struct {
	Rows   map[string]int64 `json:"rows"`
	Work   int64            `json:"work"`
	SHA256 string           `json:"sha256"`
}

// Total is how many rows there are.
func (s Summary) Total() int64 {
	var n int64
	for _, rows := range s.Rows {
		n += rows
	}
	return n
}

// ErrDamaged is a file that is not whole, or not ours.
var ErrDamaged = errors.New("the backup is damaged")

func damaged(f string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Errorf(f, args...).Error())
}

// mark is a line that says what the next ones are.
type mark struct {
	Table string   `json:"table,omitempty"`
	Work  bool     `json:"work,omitempty"`
	End   *Summary `json:"end,omitempty"`
}
