//go:build linux

package main

import "strconv"

// person is somebody of one course, which has one room.
type person struct {
	id, given, family, role, course string
}

func (p person) name() string { return p.given + " " + p.family }
func (p person) room() string { return "Room " + p.course }

const (
	courses = 10
	people  = 200
)

// learner is the i-th launch's: everybody comes again after all others came.
func learner(i int) person {
	n := i % people
	return person{
		id: "learner-" + strconv.Itoa(n), given: "Learner", family: "No" + strconv.Itoa(n),
		role: "Learner", course: strconv.Itoa(n % courses),
	}
}

func teacher(course int) person {
	c := strconv.Itoa(course)
	return person{id: "teacher-" + c, given: "Teacher", family: "Of" + c, role: "Instructor", course: c}
}
