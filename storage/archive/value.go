package archive

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"
)

// Value makes what a database driver gave the same for all databases: SQLite has
// numbers for truth, and drivers differ in how wide they are.
func Value(k Kind, v any) (any, error) {
	if b, ok := v.([]byte); ok && k != Bytes {
		v = string(b)
	}
	switch v := v.(type) {
	case nil:
		return nil, nil
	case int64:
		return fromNumber(k, v)
	case string:
		return fromText(k, v)
	case float64:
		if k == Float {
			return v, nil
		}
	case bool:
		if k == Truth {
			return v, nil
		}
	case time.Time:
		if k == Time {
			return v.UTC(), nil
		}
	case []byte:
		return v, nil
	}
	return nil, fmt.Errorf("a value of type %T in a column of kind %s", v, k)
}

func fromNumber(k Kind, v int64) (any, error) {
	switch k {
	case Number:
		return v, nil
	case Truth:
		return v != 0, nil
	case Float:
		return float64(v), nil
	}
	return nil, fmt.Errorf("a number in a column of kind %s", k)
}

// timeForms are those that SQLite's own functions and our driver write.
var timeForms = []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999-07:00", "2006-01-02 15:04:05.999999999"}

func fromText(k Kind, v string) (any, error) {
	switch k {
	case Text:
		return v, nil
	case Bytes:
		return []byte(v), nil
	case Time:
		for _, form := range timeForms {
			if t, err := time.Parse(form, v); err == nil {
				return t.UTC(), nil
			}
		}
	}
	return nil, fmt.Errorf("a text in a column of kind %s", k)
}

// decodeRow reads a line of values of those columns.
func decodeRow(line []byte, columns []Column) ([]any, error) {
	var row []any
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if err := d.Decode(&row); err != nil {
		return nil, err
	}
	if len(row) != len(columns) {
		return nil, fmt.Errorf("a row of %d values for %d columns", len(row), len(columns))
	}
	for i, c := range columns {
		v, err := decodeValue(c.Kind, row[i])
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
		row[i] = v
	}
	return row, nil
}

func decodeValue(k Kind, v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case bool:
		if k == Truth {
			return v, nil
		}
	case json.Number:
		if k == Float {
			return v.Float64()
		}
		if k == Number {
			return v.Int64()
		}
	case string:
		if k == Bytes {
			return base64.StdEncoding.DecodeString(v)
		}
		return fromText(k, v)
	}
	return nil, fmt.Errorf("a value of type %T for kind %s", v, k)
}
