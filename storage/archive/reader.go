package archive

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"time"
)

// Reader reads an archive as it was written.
type Reader struct {
	Header Header

	lines  *bufio.Reader
	sum    hash.Hash
	seen   Summary
	table  Table // whose rows come; of no name before the first and after the last
	inWork bool
	ended  bool
}

// NewReader reads the header.
func NewReader(r io.Reader) (*Reader, error) {
	zip, err := gzip.NewReader(r)
	if err != nil {
		return nil, damaged("%w", err)
	}
	a := &Reader{lines: bufio.NewReaderSize(zip, 64<<10), sum: sha256.New(), seen: Summary{Rows: map[string]int64{}}}
	line, err := a.line()
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(line, &a.Header); err != nil {
		return nil, damaged("header: %w", err)
	}
	if a.Header.Format != format {
		return nil, fmt.Errorf("the backup has format %d, this program reads %d", a.Header.Format, format)
	}
	a.sum.Write(line)
	return a, nil
}

// Next is the next row of a table, or the next piece of work; io.EOF at the end,
// when all that was written has been read and is as it was.
func (a *Reader) Next() (*Record, error) {
	for !a.ended {
		line, err := a.line()
		if err != nil {
			return nil, err
		}
		if line[0] != '{' {
			a.sum.Write(line)
			return a.record(line)
		}
		if err := a.mark(line); err != nil {
			return nil, err
		}
	}
	return nil, io.EOF
}

// Record is one row, or one piece of work.
type Record struct {
	Table Table
	Row   []any // in the order of the table's columns
	Work  *Work
}

func (a *Reader) record(line []byte) (*Record, error) {
	if a.inWork {
		a.seen.Work++
		w, err := decodeWork(line)
		if err != nil {
			return nil, damaged("work: %w", err)
		}
		return &Record{Work: w}, nil
	}
	if a.table.Name == "" {
		return nil, damaged("a row of no table")
	}
	a.seen.Rows[a.table.Name]++
	row, err := decodeRow(line, a.table.Columns)
	if err != nil {
		return nil, damaged("table %s: %w", a.table.Name, err)
	}
	return &Record{Table: a.table, Row: row}, nil
}

func decodeWork(line []byte) (*Work, error) {
	var parts []json.RawMessage
	if err := json.Unmarshal(line, &parts); err != nil {
		return nil, err
	}
	if len(parts) != 3 {
		return nil, fmt.Errorf("%d parts", len(parts))
	}
	w := &Work{Args: parts[1]}
	var at time.Time
	err := errors.Join(json.Unmarshal(parts[0], &w.Kind), json.Unmarshal(parts[2], &at))
	w.At = at
	return w, err
}

func (a *Reader) mark(line []byte) error {
	var m mark
	if err := json.Unmarshal(line, &m); err != nil {
		return damaged("%w", err)
	}
	if m.End != nil {
		return a.end(*m.End)
	}
	a.sum.Write(line)
	a.inWork, a.table = m.Work, Table{}
	if m.Work {
		return nil
	}
	i := slices.IndexFunc(a.Header.Tables, func(t Table) bool { return t.Name == m.Table })
	if i < 0 {
		return damaged("table %q is not in the header", m.Table)
	}
	a.table = a.Header.Tables[i]
	a.seen.Rows[m.Table] += 0
	return nil
}

// end compares what was read with what was written, to the last byte of the file.
func (a *Reader) end(told Summary) error {
	a.seen.SHA256 = hex.EncodeToString(a.sum.Sum(nil))
	if told.SHA256 != a.seen.SHA256 || told.Total() != a.seen.Total() || told.Work != a.seen.Work {
		return damaged("its digest is not that of what it holds")
	}
	if _, err := a.lines.ReadByte(); !errors.Is(err, io.EOF) {
		return damaged("something follows its end")
	}
	a.ended = true
	return nil
}

// Summary is what was read up to now; whole when Next has said io.EOF.
func (a *Reader) Summary() Summary { return a.seen }

// line is the next line with its line break.
func (a *Reader) line() ([]byte, error) {
	var whole []byte
	for {
		part, err := a.lines.ReadSlice('\n')
		whole = append(whole, part...)
		switch {
		case err == nil:
			return whole, nil
		case len(whole) > longestLine:
			return nil, damaged("a line of more than %d bytes", longestLine)
		case errors.Is(err, io.EOF):
			return nil, damaged("it has no end")
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, damaged("%w", err)
		}
	}
}

// Check reads the archive to its end, and shows what it holds to look, which may be nil.
func Check(r io.Reader, look func(*Record) error) (Header, Summary, error) {
	a, err := NewReader(r)
	if err != nil {
		return Header{}, Summary{}, err
	}
	for {
		record, err := a.Next()
		if errors.Is(err, io.EOF) {
			return a.Header, a.Summary(), nil
		}
		if err == nil && look != nil {
			err = look(record)
		}
		if err != nil {
			return a.Header, a.Summary(), err
		}
	}
}
