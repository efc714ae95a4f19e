package ltitest

import (
	"maps"
	"time"

	"classbridge/lti"
)

// TokenLife is how long an id_token is valid at the Reference: as short as Moodle's.
const TokenLife = time.Minute

const claim = "https://purl.imsglobal.org/spec/lti/claim/"

// visit is a launch with all that takes part in it.
type visit struct {
	lms     *LMS
	message string
	person  Person
	link    Link   // none in deep linking
	course  Course // none outside of courses
}

// Claims are those of the launch of a link by a person, as a fresh map of JSON
// values that a test may change.
func (l *LMS) Claims(person, link, nonce string) (map[string]any, error) {
	return l.claims(opening{Person: person, Link: link}, nonce)
}

// DeepLinkClaims are those of a request for content of a course.
func (l *LMS) DeepLinkClaims(person, course, nonce string) (map[string]any, error) {
	return l.claims(opening{Person: person, Course: course, Message: lti.DeepLinkingRequest}, nonce)
}

func (l *LMS) claims(o opening, nonce string) (map[string]any, error) {
	v, err := l.visit(o)
	if err != nil {
		return nil, err
	}
	claims := l.registered(nonce)
	maps.Copy(claims, map[string]any{
		claim + "version":         "1.3.0",
		claim + "message_type":    v.message,
		claim + "deployment_id":   l.DeploymentID,
		claim + "target_link_uri": l.targetOf(o.Link),
		claim + "roles":           v.person.in(l.Profile.Launch.roles),
		claim + "launch_presentation": map[string]any{
			"locale": v.person.Locale, "document_target": "iframe", "return_url": l.at("/"),
		},
		claim + "tool_platform": map[string]any{
			"guid": l.Issuer, "name": "Example LMS", "product_family_code": l.Profile.Family, "version": l.Profile.Version,
		},
	})
	maps.Copy(claims, v.identity())
	maps.Copy(claims, v.place())
	maps.Copy(claims, v.services())
	if l.Profile.Launch.extend != nil {
		l.Profile.Launch.extend(claims, v)
	}
	return claims, nil
}

func (l *LMS) visit(o opening) (v visit, err error) {
	v = visit{lms: l, message: lti.ResourceLinkRequest}
	if v.person, err = l.school.person(o.Person); err != nil {
		return v, err
	}
	if o.Message != "" {
		v.message = o.Message
	} else if v.link, err = l.school.link(o.Link); err != nil {
		return v, err
	}
	v.course, _ = l.school.course(v.link.CourseID + o.Course)
	return v, nil
}

// registered are the claims of JWT and OpenID Connect.
func (l *LMS) registered(nonce string) map[string]any {
	now, form := l.Now().Unix(), l.Profile.Launch
	claims := map[string]any{
		"iss": l.Issuer, "aud": l.ClientID, "nonce": nonce,
		"iat": now, "exp": now + int64(form.Life/time.Second),
	}
	if form.NotBefore {
		claims["nbf"] = now
	}
	if form.AuthorizedParty {
		claims["azp"] = l.ClientID
	}
	return claims
}

// identity is what the LMS tells of the person.
func (v visit) identity() map[string]any {
	p, withheld := v.person, v.lms.Profile.Launch.Withheld
	if v.lms.Privacy.Anonymous {
		return map[string]any{}
	}
	if v.lms.Privacy.NoName {
		p.Name, p.Given, p.Family = withheld, withheld, withheld
	}
	if v.lms.Privacy.NoEmail {
		p.Email = ""
	}
	return filled("sub", v.lms.Subject(p.Sub), "name", p.Name, "given_name", p.Given, "family_name", p.Family, "email", p.Email, "locale", p.Locale)
}

// place is where the launch is from.
func (v visit) place() map[string]any {
	claims := make(map[string]any)
	if v.message == lti.ResourceLinkRequest {
		claims[claim+"resource_link"] = filled("id", v.linkID(), "title", v.link.Title, "description", v.link.Description)
	}
	if v.inCourse() {
		course := filled("id", v.lms.ContextID(v.course.ID), "label", v.course.Label, "title", v.course.Title)
		course["type"] = v.lms.Profile.Launch.ContextType
		claims[claim+"context"] = course
	}
	if custom := v.custom(); len(custom) > 0 {
		claims[claim+"custom"] = custom
	}
	return claims
}

func (v visit) inCourse() bool {
	return v.course.ID != "" && !v.lms.Profile.Launch.WithoutContext && !v.lms.Privacy.NoContext
}

func (v visit) linkID() string {
	if v.link.Embedded {
		return v.lms.ContextID(v.course.ID)
	}
	return v.lms.LinkID(v.link.ID)
}

// services are what the tool may ask for with its own token. Nothing is offered
// for somebody who is not named, nor outside of courses.
func (v visit) services() map[string]any {
	l := v.lms
	if l.Privacy.Anonymous || v.course.ID == "" || l.Privacy.NoContext {
		return nil
	}
	claims := make(map[string]any)
	if l.Profile.Roster != nil {
		claims[rosterClaim] = v.rosterOffer()
	}
	if l.Profile.Grades != nil {
		claims[gradesClaim] = v.gradesOffer()
	}
	if l.Profile.Groups {
		claims[groupsClaim] = v.groupsOffer()
	}
	if len(l.Profile.Notices) > 0 {
		claims[noticesClaim] = l.noticesOffer()
	}
	if v.message == lti.DeepLinkingRequest {
		claims[deepLinkingClaim] = v.deepLinkingSettings()
	}
	return claims
}

// filled is a map of the names and values, without empty values.
func filled(pairs ...string) map[string]any {
	m := make(map[string]any)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			m[pairs[i]] = pairs[i+1]
		}
	}
	return m
}
