package web

import "classbridge/doctor"

// resultList is what checks have found, for the template of that name.
type resultList struct {
	basePage
	Results []doctor.Result
}

// Chip is the class that colours a state.
func (resultList) Chip(s doctor.State) string {
	return map[doctor.State]string{doctor.OK: "good", doctor.Warning: "warn", doctor.Failed: "bad"}[s]
}

// Edge is the class that colours the line beside a result.
func (resultList) Edge(s doctor.State) string {
	return map[doctor.State]string{doctor.OK: "good", doctor.Failed: "bad"}[s]
}
