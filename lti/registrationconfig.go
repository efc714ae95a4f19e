package lti

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// PlatformConfiguration is what a platform says of itself to who wants to
// register (Dynamic Registration §3.3). Its lists are empty where it says nothing.
type PlatformConfiguration struct {
	Issuer          string
	AuthURL         string
	TokenURL        string
	JWKSURL         string
	RegistrationURL string
	Audience        string // of client assertions, where it is not TokenURL
	Family, Version string
	Scopes, Claims  []string
	Variables       []string // without the dollar sign
	Messages        []SupportedMessage
}

// SupportedMessage is a message that the platform sends, and from where.
type SupportedMessage struct {
	Type       string
	Placements []string
}

type configurationJSON struct {
	Issuer          text  `json:"issuer"`
	AuthURL         text  `json:"authorization_endpoint"`
	TokenURL        text  `json:"token_endpoint"`
	JWKSURL         text  `json:"jwks_uri"`
	RegistrationURL text  `json:"registration_endpoint"`
	Server          text  `json:"authorization_server"`
	Scopes          words `json:"scopes_supported"`
	Claims          words `json:"claims_supported"`

	Platform object[struct {
		Family    text  `json:"product_family_code"`
		Version   text  `json:"version"`
		Variables words `json:"variables"`
		Messages  []struct {
			Type       text  `json:"type"`
			Placements words `json:"placements"`
		} `json:"messages_supported"`
	}] `json:"https://purl.imsglobal.org/spec/lti-platform-configuration"`
}

// parseConfiguration checks that all of it can be used. On premises, only the
// host that was asked may be without https: what a platform says of itself opens
// no door to the other servers of the school.
func parseConfiguration(answer []byte, configURL string, onPremises bool) (*PlatformConfiguration, error) {
	var raw *configurationJSON
	if err := json.Unmarshal(answer, &raw); err != nil || raw == nil {
		return nil, failed(StepConfiguration, RegistrationNotJSON, "answer of %d bytes is no configuration", len(answer))
	}
	if err := checkIssuer(string(raw.Issuer), configURL, onPremises); err != nil {
		return nil, err
	}
	for _, e := range []struct {
		name    string
		address text
	}{
		{"authorization_endpoint", raw.AuthURL}, {"token_endpoint", raw.TokenURL},
		{"jwks_uri", raw.JWKSURL}, {"registration_endpoint", raw.RegistrationURL},
	} {
		if e.address == "" {
			return nil, failed(StepConfiguration, RegistrationEndpoint, "no %s", e.name)
		}
		inside := onPremises && hostname(string(e.address)) == hostname(string(raw.Issuer))
		if err := mayAsk(StepConfiguration, e.name, string(e.address), inside); err != nil {
			err.Reason = insecureOr(RegistrationEndpoint, err.Reason)
			return nil, err
		}
	}
	config := raw.configuration()
	if !config.mayNameAudience() {
		return nil, failed(StepConfiguration, RegistrationEndpoint, "authorization_server is of another place, %s", shown(config.Audience))
	}
	return config, nil
}

func insecureOr(other, r Reason) Reason {
	if r == RegistrationInsecure {
		return r
	}
	return other
}

// checkIssuer: anybody can write any issuer into a configuration of their own,
// and launches are believed by issuer. It is believed only on its own host.
func checkIssuer(issuer, configURL string, onPremises bool) error {
	if issuer == "" || !registrable(issuer) {
		return failed(StepConfiguration, RegistrationIssuer, "issuer of %d bytes", len(issuer))
	}
	if err := mayAsk(StepConfiguration, "issuer", issuer, onPremises); err != nil {
		err.Reason = insecureOr(RegistrationIssuer, err.Reason)
		return err
	}
	own, _ := url.Parse(issuer) // both were parsed before
	asked, _ := url.Parse(configURL)
	switch {
	case own.RawQuery != "" || own.Fragment != "": // OpenID Connect Discovery §3
		return failed(StepConfiguration, RegistrationIssuer, "issuer %s has a query or fragment", shown(issuer))
	case origin(own) != origin(asked):
		return failed(StepConfiguration, RegistrationIssuer, "issuer %s, but %s was asked", shown(issuer), shown(origin(asked)))
	}
	return nil
}

// mayAsk refuses what is no address for this kind of platform.
func mayAsk(step RegistrationStep, name, address string, onPremises bool) *RegistrationError {
	switch {
	case webAddress(address, onPremises):
		return nil
	case webAddress(address, true):
		return failed(step, RegistrationInsecure, "%s must be https, or the platform invited as one on premises", name)
	}
	return failed(step, RegistrationAddress, "%s is no web address", name)
}

func (c *configurationJSON) configuration() *PlatformConfiguration {
	p := c.Platform.orEmpty()
	config := &PlatformConfiguration{
		Issuer: string(c.Issuer), AuthURL: string(c.AuthURL), TokenURL: string(c.TokenURL),
		JWKSURL: string(c.JWKSURL), RegistrationURL: string(c.RegistrationURL), Audience: audience(string(c.Server)),
		Family: strings.ToLower(clean(string(p.Family), maxWord)), Version: clean(string(p.Version), maxWord),
		Scopes: cleanAll(c.Scopes), Claims: cleanAll(c.Claims),
	}
	for _, v := range p.Variables {
		config.Variables = append(config.Variables, strings.TrimPrefix(clean(v, maxTitle), "$"))
	}
	for _, m := range p.Messages {
		config.Messages = append(config.Messages, SupportedMessage{
			Type: clean(string(m.Type), maxTitle), Placements: cleanAll(m.Placements),
		})
	}
	return config
}

// audience is the authorization server's name (Dynamic Registration §3.3.2),
// which is for assertions if it is an address. Canvas puts its bare host there,
// and expects its token endpoint nevertheless.
func audience(server string) string {
	if !webAddress(server, true) {
		return ""
	}
	return server
}

// mayNameAudience: assertions for all platforms are signed by the same key, so one
// that names another's audience could use there what we sign for it. Brightspace's
// is of another host than its tokens, and the same everywhere.
func (c *PlatformConfiguration) mayNameAudience() bool {
	switch originOf(c.Audience) {
	case "", originOf(c.Issuer), originOf(c.TokenURL):
		return true
	}
	return slices.ContainsFunc(Presets(), func(p Preset) bool { return p.audience == c.Audience && p.tokenURL == c.TokenURL })
}

// words is a list of strings, or one string of several, of any number: a
// platform lists hundreds of variables. What is none is left out.
type words []string

func (w *words) UnmarshalJSON(data []byte) error {
	*w = nil
	if data[0] == '"' {
		*w = strings.Fields(unquote(data))
		return nil
	}
	var items []text
	if !bytes.HasPrefix(data, []byte("[")) || json.Unmarshal(data, &items) != nil {
		return nil
	}
	for _, item := range items {
		if item != "" {
			*w = append(*w, string(item))
		}
	}
	return nil
}
