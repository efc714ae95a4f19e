package classroom

// RosterStore holds how far the rosters of courses have been read.
type RosterStore interface{}
