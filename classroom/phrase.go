package classroom

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Phrases are sentences of a school's own that its posts carry: plain text, with
// the names of PhraseWords in braces where the value is to stand; empty: none.
type Phrases struct {
	TenantID  string
	Started   string
	Ended     string
	Recorded  string
	UpdatedAt time.Time
}

// PhraseStore keeps them.
type PhraseStore interface {
	FindPhrases(ctx context.Context, tenantID string) (Phrases, bool, error)
	SavePhrases(ctx context.Context, p Phrases) error // inserts or replaces
}

// PhraseWords are what may stand in braces.
func PhraseWords() []string { return []string{"course", "room", "school", "teacher"} }

const phraseLimit = 300

var inBraces = regexp.MustCompile(`\{[^{}]*\}`)

// FillPhrase puts values in the place of their names, each once: what a value
// says is never read as a name.
func FillPhrase(phrase string, values map[string]string) string {
	return inBraces.ReplaceAllStringFunc(phrase, func(name string) string { return values[strings.Trim(name, "{}")] })
}

// checkPhrase answers the phrase as it is kept: one line of plain text.
func checkPhrase(field, text string) (string, error) {
	text = strings.Join(strings.Fields(text), " ")
	switch {
	case utf8.RuneCountInString(text) > phraseLimit:
		return "", &InputError{Field: field, Message: "console.settings.wrong.long", Err: fmt.Errorf("%s: %d characters at most", field, phraseLimit)}
	case !plainText(text):
		return "", &InputError{Field: field, Message: "console.settings.wrong.plain", Err: fmt.Errorf("%s: plain text only", field)}
	}
	rest := inBraces.ReplaceAllStringFunc(text, func(name string) string {
		if slices.Contains(PhraseWords(), strings.Trim(name, "{}")) {
			return ""
		}
		return name
	})
	if strings.ContainsAny(rest, "{}") {
		return "", &InputError{
			Field: field, Message: "console.settings.wrong.word",
			Err: fmt.Errorf("%s: only {%s} may stand in braces", field, strings.Join(PhraseWords(), "}, {")),
		}
	}
	return text, nil
}

// plainText reports whether a text is kept by every database and shows as it is.
func plainText(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d'
	})
}

// Phrases are the tenant's.
func (c *Classroom) Phrases(ctx context.Context, tenantID string) (Phrases, error) {
	p, _, err := c.Store.FindPhrases(ctx, tenantID)
	p.TenantID = tenantID
	return p, err
}

// ChangePhrases keeps them; *InputErrors say what cannot be meant.
func (c *Classroom) ChangePhrases(ctx context.Context, p Phrases) error {
	p, err := CheckPhrases(p)
	if err != nil {
		return err
	}
	p.UpdatedAt = c.Now()
	return c.Store.SavePhrases(ctx, p)
}

// CheckPhrases answers them as they are kept.
func CheckPhrases(p Phrases) (Phrases, error) {
	var all []error
	for _, one := range []struct {
		field string
		text  *string
	}{{"started", &p.Started}, {"ended", &p.Ended}, {"recorded", &p.Recorded}} {
		text, err := checkPhrase(one.field, *one.text)
		*one.text, all = text, append(all, err)
	}
	return p, errors.Join(all...)
}

// phrased gives a notice the school's sentence for its kind.
func (c *Classroom) phrased(ctx context.Context, tenantID string, n Notice) (Notice, error) {
	p, found, err := c.Store.FindPhrases(ctx, tenantID)
	if err != nil || !found {
		return n, err
	}
	switch n.Kind {
	case NoticeRunning:
		n.Phrase = p.Started
	case NoticeEnded:
		n.Phrase = p.Ended
	case NoticeRecording:
		n.Phrase = p.Recorded
	}
	if n.Phrase == "" {
		return n, nil
	}
	t, err := c.Store.Tenant(ctx, tenantID)
	n.School = t.Name
	return n, err
}
