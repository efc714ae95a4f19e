package bridge

import (
	"strings"
	"unicode/utf8"

	"classbridge/classroom"
	"classbridge/locales"
)

// What a post may hold of what people typed, in characters. Mattermost takes
// 16,383 in all.
const (
	titleLimit = 150
	nameLimit  = 60
	namesLimit = 8000 // all names together

	phraseLimit = 600 // a sentence of the school's own with its values
)

// message puts a notice into words, in its language.
func (b *Bridge) message(n classroom.Notice) string {
	w := wording{Printer: b.Texts.For(n.Locale), n: n}
	switch n.Kind {
	case classroom.NoticeRunning:
		return w.phrased(w.running())
	case classroom.NoticeEnded:
		return w.phrased(w.ended())
	case classroom.NoticeRecording:
		return w.phrased(w.recording())
	case classroom.NoticeHidden:
		return w.line("post.recording_hidden")
	case classroom.NoticeHiding:
		return w.warning("post.recordings_hiding")
	case classroom.NoticeDeleting:
		return w.warning("post.recordings_deleting")
	case classroom.NoticeKept:
		return w.line("post.recordings_kept")
	default:
		return w.line("post.recording_deleted")
	}
}

// wording is a notice on its way into one language.
type wording struct {
	*locales.Printer
	n classroom.Notice
}

func (w wording) running() string {
	lines := []string{w.line("post.running"), w.startedBy()}
	if w.n.Record {
		lines = append(lines, w.Text("post.may_be_recorded"))
	}
	if to := linkTarget(w.n.JoinURL); to != "" {
		lines = append(lines, w.Text("post.join", "URL", to))
	}
	return strings.Join(lines, "\n")
}

func (w wording) startedBy() string {
	at := w.Time(w.n.StartedAt, w.n.TimeZone)
	by := typed(w.n.By, nameLimit)
	if by == "" {
		return w.Text("post.started", "Time", at)
	}
	return w.Text("post.started_by", "By", by, "Time", at)
}

func (w wording) ended() string {
	lines := []string{w.line("post.ended"), w.Text("post.when",
		"Day", w.Day(w.n.StartedAt, w.n.TimeZone),
		"From", w.Time(w.n.StartedAt, w.n.TimeZone),
		"To", w.Time(w.n.EndedAt, w.n.TimeZone),
		"Length", w.Duration(w.n.Duration))}
	if by := typed(w.n.By, nameLimit); by != "" {
		lines = append(lines, w.Text("post.held_by", "By", by))
	}
	if w.n.Attended > 0 {
		lines = append(lines, w.Text("post.attended", "Count", w.n.Attended))
	}
	if len(w.n.Names) > 0 {
		lines = append(lines, w.names())
	}
	return strings.Join(lines, "\n")
}

func (w wording) names() string {
	var shown []string
	left := namesLimit
	for _, name := range w.n.Names {
		safe := typed(name, nameLimit)
		if left -= utf8.RuneCountInString(safe); left < 0 {
			break
		}
		shown = append(shown, safe)
	}
	list := strings.Join(shown, ", ")
	if more := len(w.n.Names) - len(shown); more > 0 {
		return w.Text("post.names_more", "Names", list, "Count", more)
	}
	return w.Text("post.names", "Names", list)
}

// recording has #recording in its text: attachments and props are not searched.
func (w wording) recording() string {
	lines := []string{w.line("post.recording"), w.Text("post.recorded",
		"Day", w.Day(w.n.StartedAt, w.n.TimeZone),
		"Time", w.Time(w.n.StartedAt, w.n.TimeZone))}
	if w.n.Recording.Length > 0 {
		lines = append(lines, w.Text("post.length", "Length", w.Duration(w.n.Recording.Length)))
	}
	if len(w.n.Recording.Formats) > 0 {
		lines = append(lines, w.Text("post.formats", "Formats", w.formats()))
	}
	if to := linkTarget(w.n.Recording.URL); to != "" {
		lines = append(lines, w.Text("post.watch", "URL", to))
	}
	return strings.Join(lines, "\n")
}

// formats names BigBlueButton's playback formats; one that the catalogue does
// not know keeps its own name.
func (w wording) formats() string {
	names := make([]string, len(w.n.Recording.Formats))
	for i, f := range w.n.Recording.Formats {
		id := "post.format_" + f
		if names[i] = w.Text(id); names[i] == id {
			names[i] = typed(f, nameLimit)
		}
	}
	return strings.Join(names, ", ")
}

// line is a text about the class: its course, and the room where that says more.
func (w wording) line(id string) string {
	course, room := typed(w.n.Course, titleLimit), typed(w.n.Room, titleLimit)
	class := firstOf(course, room, w.Text("chat.channel_untitled"))
	if course != "" && room != "" && room != course {
		class = w.Text("post.class", "Course", course, "Room", room)
	}
	return w.Text(id, "Class", class)
}
