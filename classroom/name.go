package classroom

import (
	"context"
	"fmt"
	"strings"
	"unicode"
)

// maxChosenName is how long a name that somebody types may be, in characters.
const maxChosenName = 60

// Nameless reports whether the LMS tells no name of the person: then one may be
// chosen, and is what others see.
func (a Access) Nameless() bool { return a.Person.Name == "" }

// ChooseName gives the person the name that they typed, where the LMS tells none.
// Nothing that can be read is left of it: then nothing happens.
func (c *Classroom) ChooseName(ctx context.Context, a Access, typed string) (Access, error) {
	name := readable(typed)
	if !a.Nameless() || name == "" || name == a.Person.ChosenName {
		return a, nil
	}
	a.Person.ChosenName, a.Person.UpdatedAt = name, c.Now()
	if err := c.Store.SavePerson(ctx, a.Person); err != nil {
		return a, fmt.Errorf("choose a name: %w", err)
	}
	return a, nil
}

// readable is a typed name without what does not show, in one line.
func readable(typed string) string {
	name := []rune(oneLine(typed))
	if len(name) > maxChosenName {
		name = name[:maxChosenName]
	}
	return strings.TrimSpace(string(name))
}

// oneLine is a typed text in one line, without what does not show.
func oneLine(typed string) string {
	shown := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, typed)
	return strings.Join(strings.Fields(shown), " ")
}
