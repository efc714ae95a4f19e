package web

import "classbridge/classroom"

// roomNav are the links between a room and its other pages.
type roomNav struct {
	basePage
	Room      classroom.Room
	Moderator bool
	At        string // the page that shows them; empty: the room's own
}

// Nav is for the template.
func (p *roomPage) Nav() roomNav { return roomNav{p.basePage, p.View.Room, p.View.Moderator, ""} }

// Nav is for the template.
func (p *peoplePage) Nav() roomNav { return roomNav{p.basePage, p.View.Room, true, "people"} }

// Nav is for the template.
func (p *attendancePage) Nav() roomNav {
	return roomNav{p.basePage, p.Sheet.Room, p.Moderator, "attendance"}
}

// Nav is for the template.
func (p *gradesPage) Nav() roomNav { return roomNav{p.basePage, p.View.Room, true, "grades"} }

// Nav is for the template.
func (p *settingsPage) Nav() roomNav { return roomNav{p.basePage, p.View.Room, true, "settings"} }
