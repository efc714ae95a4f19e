package lti

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// Registrar registers this tool at platforms (Dynamic Registration 1.0). What it
// asks comes out of a link that anybody could have made, so its clients must
// refuse to dial where a tool has no business.
type Registrar struct {
	HTTP           *http.Client
	OnPremisesHTTP *http.Client  // for platforms on premises: http and private addresses
	Forbidden      []error       // by which the clients' refusals to dial are known
	UserAgent      string        // "Classbridge" if empty
	Timeout        time.Duration // of a request; 15 s if zero
	Logger         *slog.Logger
}

const (
	maxRegistration     = 1 << 20 // of an answer
	registrationTimeout = 15 * time.Second
)

// Configuration reads what the platform says of itself, from the address and
// with the token that it gave to the admin's browser. The token is whatever the
// platform likes, and goes back unread; Canvas wants it here already.
//
// Whose configuration it is is proved by where it lies: the issuer's host must be
// the one that was asked (Dynamic Registration §3.3). Errors are *RegistrationError.
func (r *Registrar) Configuration(ctx context.Context, configURL, token string, onPremises bool) (*PlatformConfiguration, error) {
	if err := mayAsk(StepConfiguration, "openid_configuration", configURL, onPremises); err != nil {
		return nil, err
	}
	answer, err := r.exchange(ctx, call{step: StepConfiguration, method: http.MethodGet, url: configURL, token: token, onPremises: onPremises})
	if err != nil {
		return nil, err
	}
	return parseConfiguration(answer, configURL, onPremises)
}

// Registered is what the platform has made of a Registration. It may have left
// things out, and its account of that is not always true: what a launch offers
// is what counts.
type Registered struct {
	ClientID     string
	DeploymentID string   // where the platform has made one; empty: the first launch brings it
	Scopes       []string // that were granted; nil if the platform does not say
}

// Register sends reg to the platform. The token is used up by it at most
// platforms: it is not repeated. Errors are *RegistrationError.
func (r *Registrar) Register(ctx context.Context, c *PlatformConfiguration, token string, reg *Registration, onPremises bool) (*Registered, error) {
	inside := onPremises && hostname(c.RegistrationURL) == hostname(c.Issuer)
	if err := mayAsk(StepRegister, "registration_endpoint", c.RegistrationURL, inside); err != nil {
		return nil, err
	}
	body, err := json.Marshal(reg)
	if err != nil {
		return nil, failed(StepRegister, RegistrationRefused, "write down: %w", err)
	}
	answer, err := r.exchange(ctx, call{
		step: StepRegister, method: http.MethodPost, url: c.RegistrationURL, token: token, onPremises: inside, body: body,
	})
	if err != nil {
		return nil, err
	}
	return r.parseRegistered(answer)
}

func (r *Registrar) parseRegistered(answer []byte) (*Registered, error) {
	var raw struct {
		ClientID      scalar `json:"client_id"`
		Scope         words  `json:"scope"`
		Configuration object[struct {
			DeploymentID scalar `json:"deployment_id"`
		}] `json:"https://purl.imsglobal.org/spec/lti-tool-configuration"`
	}
	if err := json.Unmarshal(answer, &raw); err != nil {
		return nil, failed(StepRegister, RegistrationNotJSON, "answer of %d bytes: %w", len(answer), err)
	}
	client := string(raw.ClientID.text)
	if client == "" || !registrable(client) {
		return nil, failed(StepRegister, RegistrationClient, "client_id of %d bytes", len(client))
	}
	done := &Registered{ClientID: client, Scopes: cleanAll(raw.Scope)}
	if id := string(raw.Configuration.orEmpty().DeploymentID.text); identifier(id) {
		done.DeploymentID = id
	}
	r.logger().Info("registered at a platform", "client_id", client, "deployment", done.DeploymentID, "scopes", len(done.Scopes))
	return done, nil
}

// call is one request of a registration.
type call struct {
	step        RegistrationStep
	method, url string
	token       string
	onPremises  bool
	body        []byte
}

// exchange returns the body of a good answer.
func (r *Registrar) exchange(ctx context.Context, c call) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(r.Timeout, registrationTimeout))
	defer cancel()
	answer, err := r.send(ctx, c)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxRegistration+1))
	switch {
	case err != nil:
		return nil, r.notReached(c.step, err)
	case len(body) > maxRegistration:
		return nil, failed(c.step, RegistrationTooLarge, "more than %d bytes", maxRegistration)
	case answer.StatusCode/100 != 2:
		return nil, &RegistrationError{Step: c.step, Reason: RegistrationRefused, Status: answer.StatusCode, Detail: complaint(body, c.token)}
	}
	return bytes.TrimPrefix(body, []byte("\uFEFF")), nil // of PHP files saved with a byte order mark
}

func (r *Registrar) send(ctx context.Context, c call) (*http.Response, error) {
	client := r.HTTP
	if c.onPremises {
		client = r.OnPremisesHTTP
	}
	if client == nil {
		return nil, failed(c.step, RegistrationUnreachable, "no HTTP client for this kind of platform")
	}
	req, err := http.NewRequestWithContext(ctx, c.method, c.url, bytes.NewReader(c.body))
	if err != nil {
		return nil, failed(c.step, RegistrationAddress, "the address cannot be asked")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", cmp.Or(r.UserAgent, "Classbridge"))
	if c.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" { // Brightspace gives none, and an empty one is refused
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	homebound := *client
	homebound.CheckRedirect = sameRequest(stayHome(client.CheckRedirect))
	answer, err := homebound.Do(req)
	if err != nil {
		return nil, r.notReached(c.step, err)
	}
	return answer, nil
}

// awayError is a redirect that was not followed.
type awayError struct{ error }

func (e *awayError) Unwrap() error { return e.error }

// sameRequest refuses redirects that would turn our POST into a GET, too.
func sameRequest(allowed func(*http.Request, []*http.Request) error) func(*http.Request, []*http.Request) error {
	return func(req *http.Request, via []*http.Request) error {
		if req.Method != via[0].Method {
			return &awayError{errors.New("redirect that drops the request")}
		}
		if err := allowed(req, via); err != nil {
			return &awayError{err}
		}
		return nil
	}
}

// complaint is what a refusal says, as far as it can be shown: some platforms
// answer with a page, some with the request, which holds the token.
func complaint(body []byte, token string) string {
	var known struct {
		Error       text `json:"error"`
		Description text `json:"error_description"`
		Message     text `json:"message"`
	}
	said := string(body)
	if json.Unmarshal(body, &known) == nil {
		said = cmp.Or(strings.TrimSpace(fmt.Sprintf("%s %s", known.Error, known.Description)), string(known.Message), said)
	}
	if token != "" {
		said = strings.ReplaceAll(said, token, "…")
	}
	return clean(said, maxTitle)
}

func (r *Registrar) logger() *slog.Logger {
	if r.Logger != nil {
		return r.Logger
	}
	return slog.New(slog.DiscardHandler)
}
