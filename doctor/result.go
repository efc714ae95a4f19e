package doctor

import "classbridge/locales"

// State is how a check went.
type State string

const (
	OK      State = "ok"
	Warning State = "warning" // works, but something is not as it should be
	Failed  State = "failed"
	Skipped State = "skipped" // could not be looked at, or was not asked for
)

// Group is the part of an installation that a result is about.
type Group string

const (
	GroupDatabase  Group = "database"
	GroupAddress   Group = "address"
	GroupBBB       Group = "bbb"
	GroupLMS       Group = "lms"
	GroupChat      Group = "chat"
	GroupRehearsal Group = "rehearsal"
)

// groups is the order in which they are shown.
func groups() []Group {
	return []Group{GroupDatabase, GroupAddress, GroupBBB, GroupLMS, GroupChat, GroupRehearsal}
}

// Text is a sentence of the catalogue with its values, or one that is in words already.
type Text struct {
	ID     string            `json:"id,omitempty"`
	Values map[string]string `json:"values,omitempty"`
	Plain  string            `json:"plain,omitempty"`
}

// In is the text in a language; empty: there is none.
func (t Text) In(p *locales.Printer) string {
	if t.ID == "" {
		return t.Plain
	}
	args := make([]any, 0, 2*len(t.Values))
	for name, value := range t.Values {
		args = append(args, name, value)
	}
	return p.Text(t.ID, args...)
}

// Result is what one check found. Why, Effect and Do are empty of what is in order.
type Result struct {
	Check  string `json:"check"` // the same whatever was found: bbb.call
	Group  Group  `json:"group"`
	School string `json:"school,omitempty"` // name of the tenant, where there are several
	State  State  `json:"state"`
	What   Text   `json:"what"`
	Why    Text   `json:"why"`
	Effect Text   `json:"effect"`
	Do     Text   `json:"do"`
}

// check names what is looked at; its methods make the results.
type check struct {
	name  string
	group Group
}

// values makes a Text's values of names and values in turn.
func values(pairs []string) map[string]string {
	v := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		v[pairs[i]] = pairs[i+1]
	}
	return v
}

// ok is what is in order, in the words of the text id.
func (c check) ok(id string, pairs ...string) Result {
	return Result{Check: c.name, Group: c.group, State: OK, What: Text{ID: id, Values: values(pairs)}}
}

// found is what is not: id says what, id_why why, and id_do what to do.
func (c check) found(s State, id string, pairs ...string) Result {
	v := values(pairs)
	return Result{
		Check: c.name, Group: c.group, State: s,
		What: Text{ID: id, Values: v}, Why: Text{ID: id + "_why", Values: v}, Do: Text{ID: id + "_do", Values: v},
	}
}

func (c check) failed(id string, pairs ...string) Result  { return c.found(Failed, id, pairs...) }
func (c check) warning(id string, pairs ...string) Result { return c.found(Warning, id, pairs...) }
func (c check) skipped(id string, pairs ...string) Result { return c.found(Skipped, id, pairs...) }
