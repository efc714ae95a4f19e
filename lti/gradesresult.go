package lti

import (
	"context"
	"math"
	"net/http"
	"strconv"
)

const (
	acceptResults = "application/vnd.ims.lis.v2.resultcontainer+json"

	// resultsLimit is how many results to ask for at once. Platforms without a
	// limit of their own would send those of the whole course.
	resultsLimit = "200"
)

// Result is what a gradebook shows for a person (AGS §3.3).
type Result struct {
	Subject string
	Score   *float64 // nil: none
	Maximum float64
	Comment string // as it stands there, so that it can be sent back: not made harmless
}

// resultJSON is a result as platforms write it.
type resultJSON struct {
	Subject scalar `json:"userId"`
	Score   number `json:"resultScore"`
	Maximum number `json:"resultMaximum"`
	Comment text   `json:"comment"`
}

// Results reads what a line item shows: for one person, or for all if subject is
// empty.
func (s *Services) Results(ctx context.Context, a Access, itemURL, subject string, each func(Result) error) error {
	r := request{
		service: ServiceGrades, access: a, needs: []string{ScopeResultRead}, method: http.MethodGet,
		url: withQuery(below(itemURL, "results"), "user_id", subject, "limit", resultsLimit), accept: acceptResults,
	}
	return s.pages(ctx, r, func(ans *answer) error {
		return walk(ans.body, "", nil, func(v object[resultJSON]) error {
			result := v.orEmpty().result()
			if !identifier(result.Subject) || subject != "" && result.Subject != subject {
				return nil
			}
			return theirs(each(result))
		})
	})
}

func (v resultJSON) result() Result {
	r := Result{Subject: string(v.Subject.text), Maximum: 1, Comment: string(v.Comment)}
	if v.Score.set {
		r.Score = &v.Score.value
	}
	if v.Maximum.set {
		r.Maximum = v.Maximum.value // 1 if it is not said (AGS §3.3.3)
	}
	return r
}

// number is a number, quoted by some platforms.
type number struct {
	value float64
	set   bool
}

func (n *number) UnmarshalJSON(data []byte) error {
	*n = number{}
	var s scalar
	_ = s.UnmarshalJSON(data) // never fails
	value, err := strconv.ParseFloat(string(s.text), 64)
	if err == nil && !math.IsNaN(value) && !math.IsInf(value, 0) {
		*n = number{value, true}
	}
	return nil
}
