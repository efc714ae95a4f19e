package classroom

// InvitationStore holds invitations to register.
type InvitationStore interface{}
