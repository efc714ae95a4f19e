package classroom

// GradeStore holds what was sent to gradebooks.
type GradeStore interface{}
