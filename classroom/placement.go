package classroom

// PlacementStore holds the deep linking requests that teachers are answering.
type PlacementStore interface{}
