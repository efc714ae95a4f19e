//go:build linux

package main

import "time"

// claims are as many as a Moodle sends, names and services included.
func (p *platform) claims(t *tool, l *launch, now time.Time) map[string]any {
	const (
		lti        = "https://purl.imsglobal.org/spec/lti/claim/"
		membership = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
	)
	course := p.issuer + "/courses/" + l.person.course
	return map[string]any{
		"iss":         p.issuer,
		"aud":         t.clientID,
		"sub":         l.person.id,
		"iat":         now.Unix(),
		"exp":         now.Add(10 * time.Minute).Unix(),
		"nonce":       l.nonce,
		"given_name":  l.person.given,
		"family_name": l.person.family,
		"name":        l.person.name(),
		"email":       l.person.id + "@example.org",

		lti + "version":         "1.3.0",
		lti + "message_type":    "LtiResourceLinkRequest",
		lti + "deployment_id":   deploymentID,
		lti + "target_link_uri": t.url + t.launchPath,
		lti + "roles":           []string{membership + l.person.role},
		lti + "lis":             map[string]any{"person_sourcedid": l.person.id, "course_section_sourcedid": l.person.course},
		lti + "context": map[string]any{
			"id": l.person.course, "label": "C" + l.person.course, "title": "Course " + l.person.course, "type": []string{"CourseSection"},
		},
		lti + "resource_link": map[string]any{"id": "link-" + l.person.course, "title": l.person.room(), "description": ""},
		lti + "launch_presentation": map[string]any{
			"locale": "en", "document_target": "iframe", "return_url": course + "/return",
		},
		lti + "tool_platform": map[string]any{
			"product_family_code": "moodle", "version": "2024100705.01", "guid": "bench", "name": "Bench", "description": "Bench University",
		},
		lti + "custom": map[string]any{"context_memberships_url": course + "/members"},
		lti + "ext":    map[string]any{"user_username": l.person.id, "lms": "moodle-2"},

		"https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": map[string]any{
			"scope": []string{
				"https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
				"https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly",
				"https://purl.imsglobal.org/spec/lti-ags/scope/score",
			},
			"lineitems": course + "/lineitems",
			"lineitem":  course + "/lineitems/1",
		},
		"https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice": map[string]any{
			"context_memberships_url": course + "/members", "service_versions": []string{"1.0", "2.0"},
		},
	}
}
