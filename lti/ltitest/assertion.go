package ltitest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// audience is a string or a list of strings (RFC 7519 §4.1.3).
type audience []string

func (a *audience) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(a))
}

// assertion is what the tool says of itself to get a token.
type assertion struct {
	Issuer   string   `json:"iss"`
	Subject  string   `json:"sub"`
	Audience audience `json:"aud"`
	IssuedAt int64    `json:"iat"`
	Expires  int64    `json:"exp"`
	ID       string   `json:"jti"`
}

// checkAssertion is as careful as the profile is (Security Framework §4.1.1).
func (l *LMS) checkAssertion(ctx context.Context, token string) error {
	payload, err := l.fromTool(ctx, token)
	if err != nil {
		return err
	}
	var a assertion
	if err := json.Unmarshal(payload, &a); err != nil {
		return err
	}
	now := l.Now()
	switch {
	case a.Subject != l.ClientID:
		return fmt.Errorf("sub is %q", a.Subject)
	case now.Unix() >= a.Expires:
		return errors.New("expired")
	case l.Profile.Access.Careless:
		return nil
	}
	return l.checkCareful(a, now)
}

// futureIAT is how far ahead the tool's clock may be at Canvas.
const futureIAT = 30 * time.Second

func (l *LMS) checkCareful(a assertion, now time.Time) error {
	issued := time.Unix(a.IssuedAt, 0)
	wanted := cmp.Or(l.audience(), l.at("/token"))
	switch oldest := l.Profile.Access.MaxAge; {
	case a.Issuer != l.ClientID:
		return fmt.Errorf("iss is %q", a.Issuer)
	case !slices.Contains(a.Audience, wanted):
		return fmt.Errorf("aud is %q", a.Audience)
	case oldest > 0 && now.Sub(issued) > oldest, issued.Sub(now) > futureIAT:
		return fmt.Errorf("iat is %s off", now.Sub(issued))
	case a.ID == "":
		return errors.New("no jti")
	case l.tokens.spend(a.ID):
		return errors.New("jti was used")
	}
	return nil
}
