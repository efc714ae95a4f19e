package bridge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/oauth2"

	"github.com/mattermost/mattermost/server/public/model"

	"classbridge/classroom"
)

// ErrNoLogin means that the connection has no OAuth app: people can not be
// recognised by their Mattermost account.
var ErrNoLogin = errors.New("no OAuth app of the chat is configured")

// appUnknown is Mattermost's answer to a wrong id or secret of the app.
const appUnknown = "api.oauth.get_access_token.credentials.app_error"

// AuthorizeURL is where the browser goes so that Mattermost says who it is (RFC
// 6749 §4.1). challenge is the SHA-256 of the verifier that Identify is given
// (RFC 7636 §4.2), so that the code is worth nothing to anybody else.
func (b *Bridge) AuthorizeURL(ctx context.Context, tenantID, redirectURI, state, challenge string) (string, error) {
	conn, err := b.loginConnection(ctx, tenantID)
	if err != nil {
		return "", err
	}
	return oauthApp(conn, redirectURI).AuthCodeURL(state,
		oauth2.SetAuthURLParam("code_challenge", challenge),
		oauth2.SetAuthURLParam("code_challenge_method", "S256")), nil
}

// Identify answers whose code it is. The token that this takes may do all that
// the person may: it is used for this one question and revoked, whatever comes
// of it and even when the browser has gone away. ErrNoChatUser refuses bots and
// deactivated accounts; a code that is no good is a *classroom.Error, Expired.
func (b *Bridge) Identify(ctx context.Context, tenantID, redirectURI, code, verifier string) (classroom.ChatUser, error) {
	conn, err := b.loginConnection(ctx, tenantID)
	if err != nil {
		return classroom.ChatUser{}, err
	}
	// Once the code is on its way there may be a token to revoke.
	ctx = context.WithoutCancel(ctx)
	u := b.keep(tenantID, conn)
	token, err := do(ctx, u.login, "exchange code", func(ctx context.Context) (*oauth2.Token, *model.Response, error) {
		return exchange(context.WithValue(ctx, oauth2.HTTPClient, u.login.api.HTTPClient), oauthApp(conn, redirectURI), code, verifier)
	})
	if err != nil {
		return classroom.ChatUser{}, exchangeFailure(err)
	}
	own := u.as(token.AccessToken)
	defer b.revoke(ctx, own)
	me, err := call(ctx, own, "get me", own.api.GetMe, "")
	if err != nil {
		return classroom.ChatUser{}, err
	}
	if !person(me) || me.Id == "" {
		return classroom.ChatUser{}, classroom.ErrNoChatUser
	}
	return chatUser(me), nil
}

func (b *Bridge) loginConnection(ctx context.Context, tenantID string) (classroom.ChatConnection, error) {
	conn, found, err := b.Connections.FindChatConnection(ctx, tenantID)
	switch {
	case err != nil:
		return conn, fmt.Errorf("find the chat of tenant %s: %w", tenantID, err)
	case !found:
		return conn, classroom.ErrNoChat
	case conn.OAuthID == "" || conn.OAuthSecret == "":
		return conn, ErrNoLogin
	}
	return conn, nil
}

func oauthApp(conn classroom.ChatConnection, redirectURI string) *oauth2.Config {
	base := strings.TrimRight(conn.URL, "/")
	return &oauth2.Config{
		ClientID: conn.OAuthID, ClientSecret: conn.OAuthSecret, RedirectURL: redirectURI,
		Endpoint: oauth2.Endpoint{
			AuthURL: base + "/oauth/authorize", TokenURL: base + "/oauth/access_token",
			AuthStyle: oauth2.AuthStyleInParams,
		},
	}
}

// exchangeFailure tells a code that is no good from a server that does not work and
// from an app that it does not know (any more), which only an admin can mend.
func exchangeFailure(err error) error {
	var e *Error
	if !errors.As(err, &e) || e.Status < 400 || e.Status >= 500 || e.ID == appUnknown {
		return err
	}
	return &classroom.Error{Code: classroom.Expired, Message: "error.oauth_state", Err: err}
}

// exchange keeps nothing of a refusal but its status and id: the rest can repeat what was sent.
func exchange(ctx context.Context, app *oauth2.Config, code, verifier string) (*oauth2.Token, *model.Response, error) {
	token, err := app.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		return token, nil, err
	}
	resp := &model.Response{StatusCode: refused.Response.StatusCode}
	if resp.StatusCode < http.StatusMultipleChoices {
		return nil, nil, errors.New("the answer holds no token")
	}
	return nil, resp, model.AppErrorFromJSON(strings.NewReader(string(refused.Body)))
}
