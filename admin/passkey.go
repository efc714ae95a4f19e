package admin

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"classbridge/classroom"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"
)

// Passkey is a key pair that a person's device or password manager keeps
// (WebAuthn Level 3). Here is its public half: no secret.
type Passkey struct {
	ID           string
	TenantID     string
	AccountID    string
	CredentialID string // the authenticator's, base64url
	Name         string // as its person calls it
	Credential   string // webauthn.Credential as JSON
	CreatedAt    time.Time
	UsedAt       time.Time // last; zero: never
}

// PasskeyStore keeps passkeys.
type PasskeyStore interface {
	// Passkeys lists those of an account, the oldest first.
	Passkeys(ctx context.Context, tenantID, accountID string) ([]Passkey, error)
	FindPasskey(ctx context.Context, credentialID string) (Passkey, bool, error)
	// CreatePasskey answers Conflict when the authenticator's id is taken.
	CreatePasskey(ctx context.Context, p Passkey) error
	SavePasskey(ctx context.Context, p Passkey) error
	// RemovePasskey deletes one of that account; NotFound if it has no such one.
	RemovePasskey(ctx context.Context, tenantID, accountID, id string) error
	// ForgetPasskeys deletes all of an account.
	ForgetPasskeys(ctx context.Context, tenantID, accountID string) error
}

const (
	passkeysMost   = 20
	maxCredential  = 16 << 10
	passkeyAnswers = 30 * time.Minute // a page may stay open for a while

	purposePasskey classroom.Purpose = "passkey"
)

// Ceremony is what a page asks the browser for: its script gives Options to the
// browser and sends the answer back with State.
type Ceremony struct {
	Options string // JSON: PublicKeyCredentialCreationOptionsJSON or …RequestOptionsJSON
	State   string // signed, for one use
}

// ceremony is a Ceremony's State.
type ceremony struct {
	Account string               `json:"a,omitempty"` // whose new passkey it is; empty: signs in
	Session webauthn.SessionData `json:"s"`
}

// HasPasskeys reports whether passkeys work at all: they belong to a host name,
// and an IP address is none.
func (c *Console) HasPasskeys() bool {
	u, err := url.Parse(c.URL)
	if err != nil {
		return false
	}
	_, err = netip.ParseAddr(u.Hostname())
	return err != nil
}

// relyingParty makes the library's view of us. Whoever uses a passkey has to
// unlock it: it stands for password and second factor in one.
func (c *Console) relyingParty() (*webauthn.WebAuthn, error) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return nil, err
	}
	residentKey := true
	return webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: "Classbridge", RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: &residentKey, UserVerification: protocol.VerificationRequired,
		},
	})
}

// passkeyUser is an account in the library's terms. Its handle is the account's
// id, which says nothing of the person (WebAuthn §14.6.1).
type passkeyUser struct {
	Account
	keys []webauthn.Credential
}

func (u passkeyUser) WebAuthnID() []byte                         { return []byte(u.ID) }
func (u passkeyUser) WebAuthnName() string                       { return orSomebody(u.Email) }
func (u passkeyUser) WebAuthnDisplayName() string                { return orSomebody(u.Name) }
func (u passkeyUser) WebAuthnCredentials() []webauthn.Credential { return u.keys }

// orSomebody is for the first account, whose page asks for name and address.
func orSomebody(name string) string {
	if name == "" {
		return "Classbridge"
	}
	return name
}

// AskPasskey asks for any passkey that we know.
func (c *Console) AskPasskey() (Ceremony, error) {
	rp, err := c.relyingParty()
	if err != nil {
		return Ceremony{}, fmt.Errorf("passkeys: %w", err)
	}
	options, session, err := rp.BeginDiscoverableLogin()
	if err != nil {
		return Ceremony{}, fmt.Errorf("passkeys: %w", err)
	}
	return c.ask(options.Response, ceremony{Session: *session})
}

// OfferPasskey asks for a new passkey of that account; without an id, of one that
// is about to be made.
func (c *Console) OfferPasskey(ctx context.Context, a Account) (Ceremony, error) {
	rp, err := c.relyingParty()
	if err != nil {
		return Ceremony{}, fmt.Errorf("passkeys: %w", err)
	}
	user := passkeyUser{Account: a}
	if a.ID == "" {
		user.ID = uuid.Must(uuid.NewV7()).String()
	} else if user.keys, err = c.credentials(ctx, a); err != nil {
		return Ceremony{}, err
	}
	options, session, err := rp.BeginRegistration(user, webauthn.WithExclusions(webauthn.Credentials(user.keys).CredentialDescriptors()))
	if err != nil {
		return Ceremony{}, fmt.Errorf("passkeys: %w", err)
	}
	return c.ask(options.Response, ceremony{Account: user.ID, Session: *session})
}

func (c *Console) ask(options any, state ceremony) (Ceremony, error) {
	b, err := json.Marshal(options)
	if err != nil {
		return Ceremony{}, err
	}
	token, err := c.Signer.Sign(purposePasskey, state, passkeyAnswers)
	return Ceremony{string(b), token}, err
}

func (c *Console) credentials(ctx context.Context, a Account) ([]webauthn.Credential, error) {
	keys, err := c.Store.Passkeys(ctx, a.TenantID, a.ID)
	if err != nil {
		return nil, fmt.Errorf("passkeys: %w", err)
	}
	credentials := make([]webauthn.Credential, len(keys))
	for i, k := range keys {
		if err := json.Unmarshal([]byte(k.Credential), &credentials[i]); err != nil {
			return nil, fmt.Errorf("passkey %s: %w", k.ID, err)
		}
	}
	return credentials, nil
}

// openCeremony checks that we asked, and uses the question up.
func (c *Console) openCeremony(ctx context.Context, state string) (ceremony, error) {
	var s ceremony
	id, expires, err := c.Signer.Open(purposePasskey, state, &s)
	if err == nil {
		err = c.Store.Consume(ctx, id, expires)
	}
	if errors.Is(err, classroom.ErrToken) || classroom.Is(err, classroom.Conflict) {
		return s, &classroom.Error{Code: classroom.Expired, Message: "console.passkey.stale", Err: err}
	}
	return s, err
}

func errPasskey(err error) error {
	var said *protocol.Error
	if errors.As(err, &said) {
		err = fmt.Errorf("%s: %s: %s", said.Type, said.Details, said.DevInfo)
	}
	return &classroom.Error{Code: classroom.Forbidden, Message: "console.passkey.refused", Err: err}
}

// verifyPasskey answers whose passkey the browser has used.
func (c *Console) verifyPasskey(ctx context.Context, state, answer string) (Account, error) {
	s, err := c.openCeremony(ctx, state)
	if err != nil {
		return Account{}, err
	}
	rp, err := c.relyingParty()
	if err != nil {
		return Account{}, err
	}
	if s.Account != "" || len(answer) > maxCredential {
		return Account{}, errPasskey(errors.New("the answer to another question"))
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return Account{}, errPasskey(err)
	}
	k, a, err := c.ownerOf(ctx, parsed.RawID)
	if err != nil {
		return Account{}, err
	}
	var kept webauthn.Credential
	if err := json.Unmarshal([]byte(k.Credential), &kept); err != nil {
		return Account{}, fmt.Errorf("passkey %s: %w", k.ID, err)
	}
	find := func(_, handle []byte) (webauthn.User, error) {
		if !bytes.Equal(handle, []byte(a.ID)) {
			return nil, errors.New("the handle of another account")
		}
		return passkeyUser{a, []webauthn.Credential{kept}}, nil
	}
	used, err := rp.ValidateDiscoverableLogin(find, s.Session, parsed)
	if err != nil {
		return a, errPasskey(err)
	}
	return a, c.usePasskey(ctx, k, *used)
}

func (c *Console) ownerOf(ctx context.Context, rawID []byte) (Passkey, Account, error) {
	k, found, err := c.Store.FindPasskey(ctx, base64.RawURLEncoding.EncodeToString(rawID))
	switch {
	case err != nil:
		return k, Account{}, fmt.Errorf("passkey: %w", err)
	case !found:
		return k, Account{}, errPasskey(errors.New("unknown passkey"))
	}
	a, err := c.Store.Account(ctx, k.TenantID, k.AccountID)
	return k, a, err
}

// usePasskey keeps the signature counter. One that has not grown belongs to a
// copy of the key (WebAuthn §6.1.1): such a key is believed no longer.
func (c *Console) usePasskey(ctx context.Context, k Passkey, used webauthn.Credential) error {
	if used.Authenticator.CloneWarning {
		return errPasskey(errors.New("the passkey may have been copied"))
	}
	b, err := json.Marshal(used)
	if err != nil {
		return err
	}
	k.Credential, k.UsedAt = string(b), c.Now()
	if err := c.Store.SavePasskey(ctx, k); err != nil {
		return fmt.Errorf("keep passkey %s: %w", k.ID, err)
	}
	return nil
}

// SignInPasskey lets somebody in who has a passkey of an account.
func (c *Console) SignInPasskey(ctx context.Context, state, answer string, from From) (Entry, error) {
	a, err := c.verifyPasskey(ctx, state, answer)
	if err == nil {
		err = c.mayEnterOtherwise(ctx, a)
	}
	if err != nil {
		if a.ID != "" && classroom.Is(err, classroom.Forbidden) {
			err = c.recordOf(ctx, a, from, Act{Name: "sign_in", Subject: MethodPasskey}, err)
		}
		return Entry{}, err
	}
	return c.enter(ctx, a, MethodPasskey, from)
}

// readPasskey checks a new passkey, and answers whose it is. account is whose it
// has to be; empty: of an account that is about to be made.
func (c *Console) readPasskey(ctx context.Context, account, state, answer string) (*Passkey, string, error) {
	s, err := c.openCeremony(ctx, state)
	if err != nil {
		return nil, "", err
	}
	rp, err := c.relyingParty()
	if err != nil {
		return nil, "", err
	}
	if s.Account == "" || account != "" && s.Account != account || len(answer) > maxCredential {
		return nil, "", errPasskey(errors.New("the answer to another question"))
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return nil, "", errPasskey(err)
	}
	made, err := rp.CreateCredential(passkeyUser{Account: Account{ID: s.Account}}, s.Session, parsed)
	if err != nil {
		return nil, "", errPasskey(err)
	}
	made.Attestation = webauthn.CredentialAttestation{} // we asked for none, and look at none
	b, err := json.Marshal(made)
	if err != nil {
		return nil, "", err
	}
	return &Passkey{
		ID: uuid.Must(uuid.NewV7()).String(), CredentialID: base64.RawURLEncoding.EncodeToString(made.ID),
		Name: "Passkey", Credential: string(b), CreatedAt: c.Now(),
	}, s.Account, nil
}

// AddPasskey gives the visitor's own account one more passkey.
func (c *Console) AddPasskey(ctx context.Context, v Visitor, name, state, answer string) error {
	if err := c.mustProve(v); err != nil {
		return err
	}
	k, _, err := c.readPasskey(ctx, v.Account.ID, state, answer)
	if err != nil {
		return err
	}
	if k.Name, err = cleanName(name); err != nil {
		return err
	}
	k.TenantID, k.AccountID = v.Account.TenantID, v.Account.ID
	keys, err := c.Store.Passkeys(ctx, k.TenantID, k.AccountID)
	if err != nil {
		return err
	}
	if len(keys) >= passkeysMost {
		return invalid("console.passkey.many")
	}
	return c.recordOwn(ctx, v, Act{Name: "passkey.add", Subject: k.Name, SubjectID: k.ID}, keepPasskey(ctx, c.Store, *k))
}

// keepPasskey refuses the id of a passkey that is another account's.
func keepPasskey(ctx context.Context, q Queries, k Passkey) error {
	err := q.CreatePasskey(ctx, k)
	if classroom.Is(err, classroom.Conflict) {
		return errPasskey(errors.New("the passkey is known already"))
	}
	return err
}

// RemovePasskey takes a passkey from the visitor's own account, unless nothing
// would be left to sign in with.
func (c *Console) RemovePasskey(ctx context.Context, v Visitor, id string) error {
	if err := c.mustProve(v); err != nil {
		return err
	}
	a := v.Account
	keys, err := c.Store.Passkeys(ctx, a.TenantID, a.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(keys, func(k Passkey) bool { return k.ID == id })
	if i < 0 {
		return &classroom.Error{Code: classroom.NotFound, Message: "not_found", Err: errors.New("no such passkey")}
	}
	if len(keys) == 1 && a.Password == "" {
		return &classroom.Error{Code: classroom.Conflict, Message: "console.passkey.last", Err: errors.New("the last way in")}
	}
	act := Act{Name: "passkey.remove", Subject: keys[i].Name, SubjectID: id}
	return c.recordOwn(ctx, v, act, c.Store.RemovePasskey(ctx, a.TenantID, a.ID, id))
}
