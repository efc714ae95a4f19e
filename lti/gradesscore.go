package lti

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

const mediaScore = "application/vnd.ims.lis.v1.score+json"

// Score is a grade to be shown to the person (AGS §3.4): final and complete.
type Score struct {
	Subject        string
	Given, Maximum float64
	Comment        string    // none removes what was there
	Timestamp      time.Time // later, in milliseconds, than of any score sent before
	StartedAt      time.Time // of the submission; may be zero
	SubmittedAt    time.Time // of the submission; may be zero
}

// scoreJSON is a score as it is sent.
type scoreJSON struct {
	Subject    string          `json:"userId"`
	Given      float64         `json:"scoreGiven"`
	Maximum    float64         `json:"scoreMaximum"`
	Comment    string          `json:"comment,omitempty"`
	Timestamp  string          `json:"timestamp"`
	Activity   string          `json:"activityProgress"`
	Grading    string          `json:"gradingProgress"`
	Submission *submissionJSON `json:"submission,omitempty"`

	// Canvas counts every score as another submission unless told otherwise.
	Canvas *canvasSubmission `json:"https://canvas.instructure.com/lti/submission,omitempty"`
}

type submissionJSON struct {
	StartedAt   string `json:"startedAt,omitempty"`
	SubmittedAt string `json:"submittedAt,omitempty"`
}

type canvasSubmission struct {
	New bool `json:"new_submission"`
}

// SendScore puts a score into a line item. Of the refusals that concern this
// person alone, 409 says that there is a newer score, and 400, 403, 404 and 422
// that the platform does not grade this person (which of them depends on it).
func (s *Services) SendScore(ctx context.Context, a Access, itemURL string, sc Score) error {
	body, err := json.Marshal(sc.json(a.Platform))
	if err != nil {
		return fmt.Errorf("score: %w", err)
	}
	return s.call(ctx, request{
		service: ServiceGrades, access: a, needs: []string{ScopeScore}, method: http.MethodPost, url: below(itemURL, "scores"),
		contentType: mediaScore, body: body,
	}, (*answer).notPage)
}

func (sc Score) json(p Platform) scoreJSON {
	v := scoreJSON{
		Subject: sc.Subject, Given: sc.Given, Maximum: sc.Maximum, Comment: sc.Comment, Timestamp: instant(sc.Timestamp),
		Activity: "Completed", Grading: "FullyGraded",
	}
	if !sc.StartedAt.IsZero() || !sc.SubmittedAt.IsZero() {
		v.Submission = &submissionJSON{instant(sc.StartedAt), instant(sc.SubmittedAt)}
	}
	if strings.EqualFold(p.Family, "canvas") {
		v.Canvas = &canvasSubmission{New: false}
	}
	return v
}

// instant has a part of a second, as AGS §3.4.7 demands; empty for no time.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z07:00")
}

// notPage takes any answer for a success, Moodle's is empty, but a web page.
func (a *answer) notPage() error {
	_, err := opened(a.body)
	return err
}
