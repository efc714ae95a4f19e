package classroom

import "time"

// Reached is a step of a registration's set-up; At is zero while it was not reached.
type Reached struct {
	Step Step
	At   time.Time
}

// Steps lists all steps in the order in which an admin meets them.
func (p Progress) Steps() []Reached {
	return []Reached{
		{StepRegistered, p.RegisteredAt},
		{StepTeacher, p.TeacherAt},
		{StepLearner, p.LearnerAt},
		{StepNamed, p.NamedAt},
		{StepRoster, p.RosterAt},
	}
}
