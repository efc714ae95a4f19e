package bridge

import (
	"strings"

	"classbridge/classroom"
	"classbridge/locales"
)

// reciting is a reply to the slash command on its way into one language.
type reciting struct {
	*locales.Printer
	reply classroom.ChatReply
}

// standing says why nothing is told.
func (r reciting) standing() string {
	switch r.reply.Standing {
	case classroom.ChannelClosed:
		return r.Text("command.closed")
	case classroom.ChannelLeft:
		return r.Text("command.left")
	}
	return r.Text("command.foreign")
}

// rooms says which classes run, or where one waits for them.
func (r reciting) rooms() string {
	id, each := "command.waiting", "command.wait"
	if r.reply.Running {
		id, each = "command.running", "command.join"
	}
	lines := []string{r.Text(id, "Course", r.course(), "Count", len(r.reply.Rooms))}
	for _, room := range r.reply.Rooms {
		lines = append(lines, "- "+r.Text(each, "Room", r.title(room.Title), "URL", linkTarget(room.URL)))
	}
	return strings.Join(lines, "\n")
}

// only is where the one class, or the one room, is: the client goes there itself.
func (r reciting) only() string {
	if len(r.reply.Rooms) != 1 {
		return ""
	}
	return r.reply.Rooms[0].URL
}

func (r reciting) recordings() string {
	if len(r.reply.Recordings) == 0 {
		return r.Text("command.no_recordings", "Course", r.course())
	}
	lines := []string{r.Text("command.recordings", "Course", r.course())}
	for _, one := range r.reply.Recordings {
		lines = append(lines, "- "+r.Text("command.recording", "Room", r.title(one.Room), "URL", linkTarget(one.URL),
			"Day", r.Day(one.StartedAt, r.reply.TimeZone), "Time", r.Time(one.StartedAt, r.reply.TimeZone)))
	}
	return strings.Join(lines, "\n")
}

func (r reciting) course() string { return r.title(r.reply.Course.Name()) }

// title is what people typed, and never nothing.
func (r reciting) title(value string) string {
	return firstOf(typed(value, titleLimit), r.Text("chat.channel_untitled"))
}
