package classroom

import (
	"context"
	"errors"

	"classbridge/lti"
)

// maxGroups bounds what is kept of a course's groups.
const maxGroups = 1000

var errEnough = errors.New("more groups than any course has")

// readGroups fetches the names of the course's groups with its roster. The roster
// does not wait for it: without names groups are called by their ids.
func (s *pass) readGroups(ctx context.Context) {
	if s.course.GroupsURL == "" {
		return
	}
	var groups []Group
	err := s.Services.Groups(ctx, s.access(), s.course.GroupsURL, func(g lti.Group) error {
		if g.Hidden {
			return nil // from learners, who would be listed by it
		}
		if len(groups) == maxGroups {
			return errEnough
		}
		groups = append(groups, Group{
			TenantID: s.course.TenantID, CourseID: s.course.ID, GroupID: g.ID, Name: g.Name, SetID: g.SetID, UpdatedAt: s.Now(),
		})
		return nil
	})
	if err == nil || errors.Is(err, errEnough) {
		err = s.Store.Tx(ctx, func(tx Tx) error {
			if err := tx.ReplaceGroups(ctx, s.course.ID, groups); err != nil {
				return err
			}
			return tx.TouchCourse(ctx, s.course.ID)
		})
	}
	if err != nil {
		s.Log.WarnContext(ctx, "the groups of a course could not be read", "course", s.course.ID, "platform", s.platform.ID, "err", err)
	}
}
