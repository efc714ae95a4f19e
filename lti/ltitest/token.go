package ltitest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"time"
)

// TokenLife is how long an id_token is valid: as short as Moodle's.
const TokenLife = time.Minute

const claim = "https://purl.imsglobal.org/spec/lti/claim/"

// Claims are those of the launch of a link by a person, as a fresh map of JSON
// values that a test may change.
func (l *LMS) Claims(person, link, nonce string) (map[string]any, error) {
	p, err := l.person(person)
	if err != nil {
		return nil, err
	}
	k, err := l.link(link)
	if err != nil {
		return nil, err
	}
	now := l.Now().Unix()
	claims := map[string]any{
		"iss": l.Issuer, "aud": l.ClientID, "nonce": nonce,
		"iat": now, "exp": now + int64(TokenLife/time.Second),
		claim + "version":         "1.3.0",
		claim + "message_type":    "LtiResourceLinkRequest",
		claim + "deployment_id":   l.DeploymentID,
		claim + "target_link_uri": l.target(),
		claim + "roles":           p.Roles,
		claim + "resource_link":   filled("id", k.ID, "title", k.Title, "description", k.Description),
		claim + "launch_presentation": map[string]any{
			"locale": p.Locale, "document_target": "iframe", "return_url": l.at("/"),
		},
		claim + "tool_platform": map[string]any{
			"guid": l.Issuer, "name": "Example LMS", "product_family_code": "ltitest", "version": "1",
		},
	}
	maps.Copy(claims, filled("sub", p.Sub, "name", p.Name, "given_name", p.Given, "family_name", p.Family, "email", p.Email, "locale", p.Locale))
	if c, found := l.course(k.CourseID); found {
		course := filled("id", c.ID, "label", c.Label, "title", c.Title)
		course["type"] = []string{"http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"}
		claims[claim+"context"] = course
	}
	if len(k.Custom) > 0 {
		claims[claim+"custom"] = k.Custom
	}
	return claims, nil
}

// IDToken signs claims with the platform's key, whatever they say.
func (l *LMS) IDToken(claims map[string]any) string {
	key := l.Key()
	return Sign(map[string]any{"typ": "JWT", "alg": "RS256", "kid": key.KID}, claims, key.Private)
}

// Sign makes a token of any header and payload, with an RS256 signature, or an
// empty one without a key. Bytes are taken as they are, anything else as JSON.
func Sign(header, payload any, key *rsa.PrivateKey) string {
	signed := encode(header) + "." + encode(payload)
	if key == nil {
		return signed + "."
	}
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		panic(fmt.Sprintf("ltitest: sign: %v", err)) // a key that cannot sign is a mistake of the test
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func encode(v any) string {
	data, raw := v.([]byte)
	if !raw {
		var err error
		if data, err = json.Marshal(v); err != nil {
			panic(fmt.Sprintf("ltitest: encode: %v", err)) // as is a value that is no JSON
		}
	}
	return base64.RawURLEncoding.EncodeToString(data)
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
