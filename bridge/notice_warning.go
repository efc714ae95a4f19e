package bridge

import "strings"

// namedClasses is how many recorded classes a warning names one by one.
const namedClasses = 20

// warning tells what will happen to recordings, when, and to which.
func (w wording) warning(id string) string {
	day := w.Day(w.n.EndedAt, w.n.TimeZone)
	lines := []string{w.line(id), w.Text("post.recordings_when", "Day", day)}
	var classes []string
	for _, at := range w.n.Classes[:min(len(w.n.Classes), namedClasses)] {
		classes = append(classes, w.Day(at, w.n.TimeZone))
	}
	list := strings.Join(classes, "; ")
	if more := len(w.n.Classes) - len(classes); more > 0 {
		lines = append(lines, w.Text("post.recordings_of_more", "Classes", list, "Count", more))
	} else {
		lines = append(lines, w.Text("post.recordings_of", "Classes", list))
	}
	return strings.Join(append(lines, w.Text("post.recordings_keep")), "\n")
}
