package lti

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// maxElement bounds one element of an answer, such as a member, and with it the
// memory that an answer of any length takes.
const maxElement = 1 << 20

// walk reads an array, one element at a time: the member called name of the
// object that the body is, or the body itself if name is empty. Other members
// are decoded to where others points, or left out.
func walk[T any](body io.Reader, name string, others map[string]any, each func(T) error) error {
	d, err := newDocument(body)
	if err != nil {
		return err
	}
	if name == "" {
		return elements(d, each)
	}
	if err := d.delimiter('{'); err != nil {
		return err
	}
	found := false
	for d.json.More() {
		key, err := d.key()
		switch {
		case err != nil:
			return err
		case key == name && !found:
			found, err = true, elements(d, each)
		default:
			err = d.decode(others[key])
		}
		if err != nil {
			return err
		}
	}
	if err := d.delimiter('}'); err != nil {
		return err
	}
	if !found {
		return malformed("no %s", name) // and not an empty list of them: people would lose their rights
	}
	return nil
}

func elements[T any](d *document, each func(T) error) error {
	if err := d.delimiter('['); err != nil {
		return err
	}
	for d.json.More() {
		var v T
		if err := d.decode(&v); err != nil {
			return err
		}
		if err := each(v); err != nil {
			return err
		}
	}
	return d.delimiter(']')
}

// document is a JSON text that is read piece by piece.
type document struct {
	json   *json.Decoder
	ration *ration
}

func newDocument(body io.Reader) (*document, error) {
	r, err := opened(body)
	if err != nil {
		return nil, err
	}
	rationed := &ration{r: r, left: maxElement}
	return &document{json: json.NewDecoder(rationed), ration: rationed}, nil
}

// opened is a body without what PHP files leave before it, a byte order mark and
// empty lines. The page of a firewall or of a login is refused: it has the status
// of success too.
func opened(body io.Reader) (*bufio.Reader, error) {
	r := bufio.NewReader(body)
	if start, _ := r.Peek(3); string(start) == "\uFEFF" {
		_, _ = r.Discard(3)
	}
	for {
		start, err := r.Peek(1)
		switch {
		case err == nil && start[0] == '<':
			return nil, malformed("a web page instead of an answer")
		case err != nil || !strings.ContainsRune(" \t\r\n", rune(start[0])):
			return r, nil // what is wrong with it shows when it is read
		}
		_, _ = r.Discard(1)
	}
}

func (d *document) delimiter(want json.Delim) error {
	got, err := d.token()
	if err != nil {
		return err
	}
	if got != want {
		return malformed("%s expected", want)
	}
	return nil
}

// key is the name of the next member.
func (d *document) key() (string, error) {
	got, err := d.token()
	key, _ := got.(string)
	return key, err
}

func (d *document) token() (json.Token, error) {
	d.ration.left = maxElement
	got, err := d.json.Token()
	if err == io.EOF && d.json.InputOffset() > 0 {
		err = io.ErrUnexpectedEOF // cut off, which is another thing than empty
	}
	return got, err
}

func (d *document) decode(into any) error {
	if into == nil {
		into = new(ignored)
	}
	d.ration.left = maxElement
	return d.json.Decode(into)
}

// ignored is a value that is passed over.
type ignored struct{}

func (*ignored) UnmarshalJSON([]byte) error { return nil }

// ration ends a body of which one piece is too large.
type ration struct {
	r    io.Reader
	left int
}

func (r *ration) Read(data []byte) (int, error) {
	if r.left <= 0 {
		return 0, &answerError{err: errors.New("an element of more than a megabyte")}
	}
	n, err := r.r.Read(data[:min(len(data), r.left)])
	r.left -= n
	return n, err
}
