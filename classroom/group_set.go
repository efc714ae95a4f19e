package classroom

import (
	"slices"
	"strings"
)

// GroupSet is a set of the LMS's group ids. It is one string, so that what holds
// it can be compared and stored: sorted, a line each.
type GroupSet string

// Nobody is in more groups than that, and no id is longer (as LTI bounds those
// of people).
const (
	maxGroupsOfOne = 200
	maxGroupID     = 255
)

// NewGroupSet makes a set of the ids; empty ones, those that cannot be meant and
// doubles are left out.
func NewGroupSet(ids []string) GroupSet {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id string) bool {
		return id == "" || len(id) > maxGroupID || strings.Contains(id, "\n")
	})
	return GroupSet(strings.Join(ids[:min(len(ids), maxGroupsOfOne)], "\n"))
}

// IDs lists what is in the set.
func (s GroupSet) IDs() []string {
	if s == "" {
		return nil
	}
	return strings.Split(string(s), "\n")
}

// Has reports whether the id is in the set.
func (s GroupSet) Has(id string) bool { return slices.Contains(s.IDs(), id) }
