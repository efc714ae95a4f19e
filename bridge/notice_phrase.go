package bridge

import "classbridge/classroom"

// phrased ends a post with the school's own sentence. It is plain text: values go
// in first, then all of it is made safe. The joiner before it keeps a sentence
// that begins with a sign from being a list, a quotation or a heading.
func (w wording) phrased(text string) string {
	if w.n.Phrase == "" {
		return text
	}
	own := classroom.FillPhrase(w.n.Phrase, map[string]string{
		"course": w.n.Course, "room": w.n.Room, "school": w.n.School, "teacher": w.n.By,
	})
	if own = typed(own, phraseLimit); own == "" {
		return text
	}
	return text + "\n" + joiner + own
}
