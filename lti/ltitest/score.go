package ltitest

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"time"
)

const (
	scoreType   = "application/vnd.ims.lis.v1.score+json"
	resultsType = "application/vnd.ims.lis.v2.resultcontainer+json"
)

// score is what a tool sends (AGS §3.4).
type score struct {
	UserID           string   `json:"userId"`
	ScoreGiven       *float64 `json:"scoreGiven"`
	ScoreMaximum     float64  `json:"scoreMaximum"`
	Comment          string   `json:"comment"`
	Timestamp        string   `json:"timestamp"`
	ActivityProgress string   `json:"activityProgress"`
	GradingProgress  string   `json:"gradingProgress"`
}

// receiveScore is POST …/lineitem/scores. The answer has no body.
func (l *LMS) receiveScore(w http.ResponseWriter, r *http.Request) {
	form := l.Profile.Grades
	w.Header().Set("Content-Type", scoreType)
	i := l.gradebook.find(r.PathValue("course"), r.PathValue("item"))
	if i == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	s, extensions, at, ok := readScore(r)
	if !ok {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	p, err := l.school.person(s.UserID)
	if err != nil || p.part() != learner && p.part() != preview || !p.enrolled(i.course) {
		w.WriteHeader(form.Stranger)
		_, _ = io.WriteString(w, form.StrangerBody)
		return
	}
	grade := Grade{
		Course: i.course, Link: i.link, Item: i.LineItem, Person: p.Sub,
		Maximum: s.ScoreMaximum, Comment: s.Comment, Timestamp: at, Extensions: extensions,
	}
	if s.GradingProgress == "FullyGraded" {
		grade.Given = s.ScoreGiven
	}
	if !l.gradebook.record(i, grade, form.Older != 0) {
		w.WriteHeader(form.Older)
		_, _ = io.WriteString(w, "[]")
	}
}

// readScore wants what the specification demands of a score.
func readScore(r *http.Request) (s score, extensions map[string]any, at time.Time, ok bool) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil || !isA(r, scoreType) || json.Unmarshal(body, &s) != nil || json.Unmarshal(body, &extensions) != nil {
		return s, nil, at, false
	}
	at, err = time.Parse(time.RFC3339Nano, s.Timestamp)
	complete := s.UserID != "" && s.ActivityProgress != "" && s.GradingProgress != ""
	scaled := s.ScoreGiven == nil || s.ScoreMaximum > 0 && *s.ScoreGiven >= 0
	maps.DeleteFunc(extensions, func(name string, _ any) bool {
		u, err := url.Parse(name)
		return err != nil || u.Scheme == ""
	})
	return s, extensions, at, err == nil && complete && scaled
}

// listResults is GET …/lineitem/results, of one person with ?user_id= (AGS §3.3).
func (l *LMS) listResults(w http.ResponseWriter, r *http.Request) {
	i := l.gradebook.find(r.PathValue("course"), r.PathValue("item"))
	if i == nil {
		http.NotFound(w, r)
		return
	}
	form, user := l.Profile.Grades, r.FormValue("user_id")
	list := []map[string]any{}
	for _, g := range l.gradebook.results(i) {
		if user == l.Subject(g.Person) || user == "" && !form.SilentResults {
			list = append(list, l.result(i, g, user != "" && form.CommentLost))
		}
	}
	p := paged(r, len(list), form.Max, form.Max)
	l.linkNext(w, r, p, len(list), form.Next)
	writeJSON(w, resultsType, http.StatusOK, list[p.from:p.to])
}

func (l *LMS) result(i *item, g Grade, silent bool) map[string]any {
	if silent {
		g.Comment = ""
	}
	subject := l.Subject(g.Person)
	query, _ := url.ParseQuery(l.Profile.Grades.Query) // our own
	query.Set("user_id", subject)
	m := filled("comment", g.Comment)
	m["id"] = l.at("/courses/" + url.PathEscape(i.course) + "/lineitems/" + i.id + "/lineitem/results?" + query.Encode())
	m["userId"], m["scoreOf"], m["resultMaximum"] = subject, l.itemURL(i), i.ScoreMaximum
	m["timestamp"] = g.Timestamp.UTC().Format(time.RFC3339)
	if g.Given != nil {
		m["resultScore"] = *g.Given * i.ScoreMaximum / g.Maximum
	}
	return m
}
