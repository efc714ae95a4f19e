package lti

// Grants is how many access tokens, or places for them, are remembered.
func (s *Services) Grants() int {
	s.grants.mu.Lock()
	defer s.grants.mu.Unlock()
	return len(s.grants.entries)
}
