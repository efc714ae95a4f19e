package ltitest_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"classbridge/lti"
	"classbridge/lti/ltitest"
)

// The tool's client gets its token, the roster and a grade through.
func TestServices(t *testing.T) {
	key, err := lti.GenerateToolKey()
	if err != nil {
		t.Fatal(err)
	}
	for _, profile := range ltitest.Profiles() {
		t.Run(profile.Name, func(t *testing.T) {
			s := newSchool(t, func(c *ltitest.Config) {
				c.Profile = profile
				c.ToolKeys = func() ([]byte, error) { return lti.JWKS([]lti.PublicKey{key.Public()}), nil }
				c.Links = []ltitest.Link{{ID: "room-1", Title: "Weekly", CourseID: "algebra", LineItem: &ltitest.LineItem{ScoreMaximum: 10}}}
			})
			services := &lti.Services{
				OnPremisesHTTP: http.DefaultClient, UserAgent: "Classbridge/test",
				Key: func(context.Context) (lti.ToolKey, error) { return key, nil },
			}
			access := lti.Access{Platform: s.lms.Platform("p1"), DeploymentID: s.lms.DeploymentID}
			if profile.Roster != nil {
				count := 0
				if _, err := services.Members(t.Context(), access, s.lms.MembersURL("algebra"), func(lti.Member) error { count++; return nil }); err != nil || count == 0 {
					t.Errorf("%d members: %v", count, err)
				}
			}
			items, err := services.LineItems(t.Context(), access, s.lms.LineItemsURL("algebra"), lti.LineItemFilter{})
			if err != nil || len(items) != 1 {
				t.Fatalf("line items %v: %v", items, err)
			}
			err = services.SendScore(t.Context(), access, items[0].ID, lti.Score{
				Subject: s.lms.Subject("learner1"), Given: 7.5, Maximum: 10, Timestamp: time.Now(),
			})
			if grades := s.lms.Grades(); err != nil || len(grades) != 1 || *grades[0].Given != 7.5 {
				t.Errorf("grades %v: %v", grades, err)
			}
		})
	}
}
