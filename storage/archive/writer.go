package archive

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"time"
)

// Writer writes one archive: header, tables in its order, work, end.
type Writer struct {
	zip  *gzip.Writer
	buf  *bufio.Writer
	sum  hash.Hash
	enc  *json.Encoder
	told Summary
	now  string // the table whose rows are written
}

// NewWriter begins an archive.
func NewWriter(w io.Writer, h Header) (*Writer, error) {
	zip := gzip.NewWriter(w)
	a := &Writer{zip: zip, buf: bufio.NewWriterSize(zip, 64<<10), sum: sha256.New(), told: Summary{Rows: map[string]int64{}}}
	a.enc = json.NewEncoder(io.MultiWriter(a.buf, a.sum))
	a.enc.SetEscapeHTML(false)
	h.Format = format
	return a, a.enc.Encode(h)
}

// Table begins the rows of a table.
func (a *Writer) Table(name string) error {
	a.now = name
	a.told.Rows[name] = 0
	return a.enc.Encode(mark{Table: name})
}

// Row writes a row of the table that was begun. Its values are those that Value makes.
func (a *Writer) Row(values []any) error {
	for i, v := range values {
		if t, ok := v.(time.Time); ok {
			values[i] = t.UTC().Format(time.RFC3339Nano)
		}
	}
	a.told.Rows[a.now]++
	return a.enc.Encode(values)
}

// Work begins the work that waits.
func (a *Writer) Work() error { return a.enc.Encode(mark{Work: true}) }

// Job writes one piece of work.
func (a *Writer) Job(w Work) error {
	a.told.Work++
	return a.enc.Encode([]any{w.Kind, w.Args, w.At.UTC().Format(time.RFC3339Nano)})
}

// Close writes the end. Without it the archive is worth nothing.
func (a *Writer) Close() (Summary, error) {
	a.told.SHA256 = hex.EncodeToString(a.sum.Sum(nil))
	err := a.enc.Encode(mark{End: &a.told})
	return a.told, errors.Join(err, a.buf.Flush(), a.zip.Close())
}
