package classroom

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// PolicyStore keeps what a school decides for a platform.
type PolicyStore interface {
	// SavePolicies changes the policies of the tenant's platform, and nothing else
	// of it.
	SavePolicies(ctx context.Context, p Platform) error
	// ListPlatforms lists the tenant's registrations, disabled ones too, oldest first.
	ListPlatforms(ctx context.Context, tenantID string) ([]Platform, error)
	// Standings counts who is enrolled by the rule and role that decided.
	Standings(ctx context.Context, tenantID, platformID string) ([]StandingCount, error)
	// EnrolmentsNamed lists those of people of that name, by name.
	EnrolmentsNamed(ctx context.Context, tenantID, platformID, name string, limit int) ([]NamedEnrolment, error)
}

// The policies in the order in which to show them.
func StartPolicies() []StartPolicy { return []StartPolicy{StartModerators, StartCourse} }
func GuestPolicies() []GuestPolicy { return []GuestPolicy{GuestsWait, GuestsEnter, GuestsRefused} }
func NamesPolicies() []NamesPolicy { return []NamesPolicy{NamesShown, NamesHidden} }
func ChannelPolicies() []ChannelPolicy {
	return []ChannelPolicy{ChannelAtFirstLaunch, ChannelWhenAsked, ChannelNever}
}

// How much is taken of what people type.
const (
	recordNoticeLimit = 300
	pilotLimit        = 500 // courses
	pilotNameLimit    = 255
)

// PolicyPlatform reads a platform of the tenant, for its policies.
func (c *Classroom) PolicyPlatform(ctx context.Context, tenantID, id string) (Platform, error) {
	p, err := c.Store.Platform(ctx, id)
	if err != nil {
		return Platform{}, err
	}
	if p.TenantID != tenantID {
		return Platform{}, &Error{Code: NotFound, Err: fmt.Errorf("platform %s is another tenant's", id)}
	}
	return p, nil
}

// ChangePolicies keeps the policies of a platform; *InputErrors say what cannot be
// meant. Roles change at people's next launch, or at the next look at the roster.
func (c *Classroom) ChangePolicies(ctx context.Context, p Platform) error {
	p, err := CheckPolicies(p)
	if err != nil {
		return err
	}
	return c.Store.SavePolicies(ctx, p)
}

// CheckPolicies answers a platform with its policies as they are kept.
func CheckPolicies(p Platform) (Platform, error) {
	var wrong []error
	refuse := func(field, text, cause string) {
		wrong = append(wrong, &InputError{Field: field, Message: text, Err: errors.New(cause)})
	}
	const choice = "console.settings.wrong.choice"
	if p.Starters != "" && !slices.Contains(StartPolicies(), p.Starters) {
		refuse("starters", choice, "who may start: moderators or course")
	}
	if p.ChatGuests != "" && !slices.Contains(GuestPolicies(), p.ChatGuests) {
		refuse("guests", choice, "guests of the chat: wait, viewer or refuse")
	}
	if p.NamesInPosts != "" && !slices.Contains(NamesPolicies(), p.NamesInPosts) {
		refuse("names", choice, "names in posts: shown or hidden")
	}
	if !slices.Contains(ChannelPolicies(), p.Channels) {
		refuse("channels", choice, "channels: first-launch, asked or never")
	}
	p.RecordNotice = strings.Join(strings.Fields(p.RecordNotice), " ")
	if utf8.RuneCountInString(p.RecordNotice) > recordNoticeLimit || !plainText(p.RecordNotice) {
		refuse("notice", "console.settings.wrong.long", "the notice about recording is plain text of 300 characters at most")
	}
	var ok bool
	if p.Pilot, ok = cleanPilot(p.Pilot); !ok {
		refuse("pilot", "console.settings.wrong.pilot", "at most 500 courses take part in a pilot, each named by its id or short name")
	}
	return p, errors.Join(wrong...)
}

// cleanPilot leaves out what is empty or there twice.
func cleanPilot(lines []string) (courses []string, ok bool) {
	for _, l := range lines {
		l = strings.TrimSpace(l)
		if l == "" || slices.Contains(courses, l) {
			continue
		}
		if len(courses) == pilotLimit || utf8.RuneCountInString(l) > pilotNameLimit || !plainText(l) {
			return lines, false
		}
		courses = append(courses, l)
	}
	return courses, true
}
