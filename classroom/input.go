package classroom

// InputError is a field of a form, or a flag of a command, that cannot be meant.
type InputError struct {
	Field   string
	Message string // id of a text
	Err     error  // the same for the shell; may be nil
}

func (e *InputError) Error() string {
	if e.Err == nil {
		return e.Field + ": " + e.Message
	}
	return e.Err.Error()
}

func (e *InputError) Unwrap() error { return e.Err }

func wrongNumber(field string) error {
	return &InputError{Field: field, Message: "console.bbb.wrong.number"}
}
