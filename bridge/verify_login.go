package bridge

import (
	"context"
	"errors"

	"golang.org/x/oauth2"

	"github.com/mattermost/mattermost/server/public/model"

	"classbridge/classroom"
)

// checkLogin asks for a token with a code that cannot be: the server looks at the
// app's id and secret first, and says so if it does not know them.
func (v *verification) checkLogin(ctx context.Context) bool {
	if v.conn.OAuthID == "" || v.conn.OAuthSecret == "" {
		return v.note(false, "chat.check_login", "Error", ErrNoLogin.Error())
	}
	known, err := v.knowsApp(ctx, v.conn)
	return v.note(known, "chat.check_login", "Error", reason(err))
}

// knowsApp reports whether the server knows the app's id and secret.
func (s *server) knowsApp(ctx context.Context, conn classroom.ChatConnection) (bool, error) {
	_, err := do(ctx, s, "exchange code", func(ctx context.Context) (*oauth2.Token, *model.Response, error) {
		ctx = context.WithValue(ctx, oauth2.HTTPClient, s.api.HTTPClient)
		return exchange(ctx, oauthApp(conn, ""), "none", oauth2.GenerateVerifier())
	})
	return hasID(err, "api.oauth.get_access_token.expired_code.app_error"), err
}

// reason is what an admin needs of an error: the server's own id of it, or why
// there was no answer.
func reason(err error) string {
	var e *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e) && e.ID != "":
		return e.ID
	}
	return err.Error()
}
