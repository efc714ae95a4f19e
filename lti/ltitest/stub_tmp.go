package ltitest

import "classbridge/lti"

type handlers struct{}
type signups struct{}

const (
	noticesClaim     = "https://purl.imsglobal.org/spec/lti/claim/platformnotificationservice"
	deepLinkingClaim = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
)

func (l *LMS) noticesOffer() map[string]any { return map[string]any{} }
func (v visit) deepLinkingSettings() map[string]any {
	return map[string]any{"message": lti.DeepLinkingRequest}
}
