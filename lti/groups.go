package lti

import (
	"context"
	"net/http"
)

const acceptGroups = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"

// Group is a part of a course (Course Groups Service §2).
type Group struct {
	ID, Name, Tag string
	SetID         string // of the division of the course that it belongs to; may be empty
	Hidden        bool   // from learners
}

// groupJSON is a group as platforms write it.
type groupJSON struct {
	ID     scalar `json:"id"`
	Name   text   `json:"name"`
	Tag    text   `json:"tag"`
	SetID  scalar `json:"set_id"`
	Hidden flag   `json:"hidden"`
}

// Groups reads the groups of a course, all pages of them.
func (s *Services) Groups(ctx context.Context, a Access, groupsURL string, each func(Group) error) error {
	r := request{
		service: ServiceGroups, access: a, needs: []string{ScopeGroups}, method: http.MethodGet,
		url: groupsURL, accept: acceptGroups,
	}
	return s.pages(ctx, r, func(ans *answer) error {
		return walk(ans.body, "groups", nil, func(v object[groupJSON]) error {
			g := v.orEmpty()
			if !identifier(string(g.ID.text)) {
				return nil
			}
			return theirs(each(Group{
				ID: string(g.ID.text), Name: clean(string(g.Name), maxTitle), Tag: clean(string(g.Tag), maxTitle),
				SetID: clean(string(g.SetID.text), maxTitle), Hidden: bool(g.Hidden),
			}))
		})
	})
}
