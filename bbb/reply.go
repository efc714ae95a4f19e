package bbb

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// errTooLarge is how a body that is too large ends.
var errTooLarge = errors.New("the answer is too large")

// status is the part that all replies share. Some versions put what went wrong
// into a list of errors instead of messageKey and message.
type status struct {
	ReturnCode string `xml:"returncode"`
	MessageKey string `xml:"messageKey"`
	Message    string `xml:"message"`
	Errors     []struct {
		Key     string `xml:"key,attr"`
		Message string `xml:"message,attr"`
	} `xml:"errors>error"`
}

const success = "SUCCESS"

// refusal is nil if the call succeeded. b3scale says ERROR where others say FAILED.
func (s *status) refusal() *Error {
	code := strings.TrimSpace(s.ReturnCode)
	if code == success {
		return nil
	}
	if code == "" {
		return &Error{Reason: Unreadable, Message: "no returncode"}
	}
	e := &Error{Reason: Refused, Key: s.MessageKey, Message: s.Message}
	if e.Key == "" && len(s.Errors) > 0 {
		e.Key, e.Message = s.Errors[0].Key, s.Errors[0].Message
	}
	return e
}

func (s *status) common() *status { return s }

// replyOf is a pointer to a struct that embeds status.
type replyOf[T any] interface {
	*T
	common() *status
}

// decodeInto reads a small reply. Only the fields asked for are kept: the others
// of getMeetingInfo are passwords and callback addresses. A second try starts
// afresh, or lists would grow by what the first had read.
func decodeInto[T any, P replyOf[T]](into *T) func(io.Reader) error {
	return func(body io.Reader) error {
		d := xml.NewDecoder(body)
		root, err := openResponse(d)
		if err != nil {
			return err
		}
		var fresh T
		if err := d.DecodeElement(&fresh, &root); err != nil {
			return err
		}
		if refused := P(&fresh).common().refusal(); refused != nil {
			return refused
		}
		*into = fresh
		return nil
	}
}

var errNotResponse = errors.New("not a reply of the BigBlueButton API")

// openResponse moves to the root, which is the same for all calls. Any other is
// some other program's page.
func openResponse(d *xml.Decoder) (xml.StartElement, error) {
	root, err := nextStart(d)
	if err == nil && root.Name.Local != "response" {
		err = errNotResponse
	}
	return root, err
}

// capped reads at most left bytes and then fails, so that what was cut off is not
// taken for the whole. It remembers the error of the connection, which the XML
// decoder does not tell apart from bad XML.
type capped struct {
	from io.Reader
	left int64
	err  error
}

func (c *capped) Read(p []byte) (int, error) {
	if c.left <= 0 {
		c.err = errTooLarge
		return 0, c.err
	}
	if int64(len(p)) > c.left {
		p = p[:c.left]
	}
	n, err := c.from.Read(p)
	c.left -= int64(n)
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}
