package doctor

import "strings"

const (
	hidden = "[...]"
	// shortest is the length from which on a secret is looked for: a shorter one
	// would take words out of every sentence, and is none.
	shortest = 6
	// longest is how much of a foreign text is shown.
	longest = 300
)

// redact is the last fence: no result is made to hold a secret, but errors of
// libraries and answers of servers are foreign texts.
func redact(results []Result, secrets []string) {
	var pairs []string
	for _, s := range secrets {
		if len(s) >= shortest {
			pairs = append(pairs, s, hidden)
		}
	}
	clean := strings.NewReplacer(pairs...)
	for i := range results {
		r := &results[i]
		for _, t := range []*Text{&r.What, &r.Why, &r.Effect, &r.Do} {
			t.Plain = clean.Replace(t.Plain)
			for name, value := range t.Values {
				t.Values[name] = oneLine(clean.Replace(value))
			}
		}
	}
}

// oneLine keeps a foreign text from being more than a part of a sentence.
func oneLine(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }), " ")
	if runes := []rune(s); len(runes) > longest {
		return string(runes[:longest]) + "..."
	}
	return s
}
