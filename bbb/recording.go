package bbb

import (
	"encoding/xml"
	"strings"
	"time"
)

// Recording is one recording of one meeting. A meetingID that was used several
// times has several; RecordID tells them apart.
type Recording struct {
	RecordID     string
	MeetingID    string
	InternalID   string
	Name         string
	State        RecordingState
	Published    bool
	Start, End   time.Time
	Participants int
	Size         int64    // bytes; zero behind Scalelite, which does not tell
	Formats      []Format // grows: each format is published by itself
	Metadata     map[string]string
}

// RecordingState as the server tells it. Behind Scalelite only the last three
// are seen.
type RecordingState string

// The states of a recording. StateAny asks for all of them.
const (
	StateProcessing  RecordingState = "processing"
	StateProcessed   RecordingState = "processed"
	StatePublished   RecordingState = "published"
	StateUnpublished RecordingState = "unpublished"
	StateDeleted     RecordingState = "deleted"
	StateAny         RecordingState = "any"
)

// Format is one way to play a recording.
type Format struct {
	Type string // presentation, video, podcast, notes, screenshare, ...
	// URL may hold a token for one viewing of a protected recording, made anew by
	// each getRecordings: send the browser there at once, never store or post it.
	URL    string
	Length time.Duration // in whole minutes
	Size   int64         // bytes, where the server tells
}

type recordingXML struct {
	RecordID     string         `xml:"recordID"`
	MeetingID    string         `xml:"meetingID"`
	InternalID   string         `xml:"internalMeetingID"`
	Name         string         `xml:"name"`
	State        RecordingState `xml:"state"`
	Published    bool           `xml:"published"`
	StartTime    int64          `xml:"startTime"`
	EndTime      int64          `xml:"endTime"`
	Participants int            `xml:"participants"`
	Size         int64          `xml:"size"`
	Metadata     metadata       `xml:"metadata"`
	Formats      []struct {
		Type   string `xml:"type"`
		URL    string `xml:"url"`
		Length int64  `xml:"length"`
		Size   int64  `xml:"size"`
	} `xml:"playback>format"`
}

func (x *recordingXML) recording() Recording {
	r := Recording{
		RecordID:     x.RecordID,
		MeetingID:    x.MeetingID,
		InternalID:   x.InternalID,
		Name:         x.Name,
		State:        x.State,
		Published:    x.Published,
		Start:        fromMillis(x.StartTime),
		End:          fromMillis(x.EndTime),
		Participants: x.Participants,
		Size:         x.Size,
		Metadata:     x.Metadata,
	}
	for _, f := range x.Formats {
		r.Formats = append(r.Formats, Format{
			Type:   strings.TrimSpace(f.Type),
			URL:    strings.TrimSpace(f.URL),
			Length: time.Duration(f.Length) * time.Minute,
			Size:   f.Size,
		})
	}
	return r
}

// metadata has its keys as element names, so no struct can describe it.
type metadata map[string]string

// UnmarshalXML implements xml.Unmarshaler.
func (m *metadata) UnmarshalXML(d *xml.Decoder, _ xml.StartElement) error {
	*m = metadata{}
	for {
		token, err := d.Token()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			var value string
			if err := d.DecodeElement(&value, &t); err != nil {
				return err
			}
			(*m)[t.Name.Local] = value
		case xml.EndElement:
			return nil
		}
	}
}
