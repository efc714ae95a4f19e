package bbb

import (
	"encoding/xml"
	"errors"
	"io"
)

// decodeRecordings reads a reply of getRecordings one recording at a time: ten
// thousand of them never stand in memory at once.
func decodeRecordings(body io.Reader, add func(Recording)) error {
	d := xml.NewDecoder(body)
	if _, err := openResponse(d); err != nil {
		return err
	}
	var head status
	for {
		start, err := nextStart(d)
		if errors.Is(err, errEndOfElement) {
			break
		}
		if err == nil {
			err = decodeListPart(d, start, &head, add)
		}
		if err != nil {
			return err
		}
	}
	if refused := head.refusal(); refused != nil {
		return refused
	}
	return nil
}

func decodeListPart(d *xml.Decoder, start xml.StartElement, head *status, add func(Recording)) error {
	switch start.Name.Local {
	case "returncode":
		return d.DecodeElement(&head.ReturnCode, &start)
	case "messageKey":
		return d.DecodeElement(&head.MessageKey, &start)
	case "message":
		return d.DecodeElement(&head.Message, &start)
	case "recordings":
		return decodeList(d, add)
	}
	return d.Skip()
}

func decodeList(d *xml.Decoder, add func(Recording)) error {
	for {
		start, err := nextStart(d)
		if errors.Is(err, errEndOfElement) {
			return nil
		}
		if err != nil {
			return err
		}
		if start.Name.Local != "recording" {
			if err := d.Skip(); err != nil {
				return err
			}
			continue
		}
		var x recordingXML
		if err := d.DecodeElement(&x, &start); err != nil {
			return err
		}
		add(x.recording())
	}
}

var errEndOfElement = errors.New("end of element")

// nextStart moves to the next child of the open element; errEndOfElement says
// that there is none left.
func nextStart(d *xml.Decoder) (xml.StartElement, error) {
	for {
		token, err := d.Token()
		if err != nil {
			return xml.StartElement{}, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			return t, nil
		case xml.EndElement:
			return xml.StartElement{}, errEndOfElement
		}
	}
}
