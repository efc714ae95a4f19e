package ltitest

import (
	"cmp"
	"net/http"

	"classbridge/lti"
)

// serveConfiguration is GET /openid-configuration (Dynamic Registration §3.4).
func (l *LMS) serveConfiguration(w http.ResponseWriter, r *http.Request) {
	if l.Profile.Registration.ConfigBearer && !l.mayRegister(r, false) {
		writeJSON(w, jsonType, http.StatusUnauthorized, map[string]string{"error": "invalid_token"})
		return
	}
	writeJSON(w, jsonType, http.StatusOK, l.configuration())
}

func (l *LMS) configuration() map[string]any {
	config := map[string]any{
		"issuer":                                l.Issuer,
		"authorization_endpoint":                l.at("/auth"),
		"registration_endpoint":                 l.at("/register"),
		"jwks_uri":                              l.at("/jwks"),
		"token_endpoint":                        l.at("/token"),
		"token_endpoint_auth_methods_supported": []string{"private_key_jwt"},
		"token_endpoint_auth_signing_alg_values_supported": []string{"RS256"},
		"scopes_supported":                      append(l.scopes(), "openid"),
		"response_types_supported":              []string{"id_token"},
		"subject_types_supported":               []string{"public", "pairwise"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"claims_supported":                      []string{"sub", "iss", "name", "given_name", "family_name", "email"},
		"https://purl.imsglobal.org/spec/lti-platform-configuration": map[string]any{
			"product_family_code": l.Profile.Family, "version": l.Profile.Version,
			"messages_supported": l.messages(), "variables": l.Profile.Variables,
		},
	}
	if l.Profile.Registration.Server {
		config["authorization_server"] = cmp.Or(l.audience(), l.at("/token"))
	}
	return config
}

func (l *LMS) messages() []map[string]any {
	form := l.Profile.Registration
	list := []map[string]any{{"type": lti.ResourceLinkRequest}}
	if len(form.LinkPlacements) > 0 {
		list[0]["placements"] = form.LinkPlacements
	}
	if l.Profile.DeepLinking == nil {
		return list
	}
	choose := map[string]any{"type": lti.DeepLinkingRequest}
	if len(form.Placements) > 0 {
		choose["placements"] = form.Placements
	}
	return append(list, choose)
}
