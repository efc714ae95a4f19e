package classroom

// AdoptionStore holds courses that were moved to another registration.
type AdoptionStore interface{}
