package parts

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"
)

// User is an account of a Mattermost server, logged in.
type User struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	Email    string `json:"email"`
	Token    string `json:"-"`

	url string
}

// MattermostError is a refusal by the server.
type MattermostError struct {
	Status  int    `json:"status_code"`
	ID      string `json:"id"`
	Message string `json:"message"`
}

func (e *MattermostError) Error() string {
	return fmt.Sprintf("Mattermost answered %d %s: %s", e.Status, e.ID, e.Message)
}

// Do calls the REST API as this user: path begins below /api/v4, in (if any) is
// sent as JSON, the answer is decoded into out (if any). A refusal fails the test.
func (u *User) Do(t testing.TB, method, path string, in, out any) {
	t.Helper()
	if err := u.Try(t.Context(), method, path, in, out); err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
}

// Try is Do for calls that may be refused, with a *MattermostError.
func (u *User) Try(ctx context.Context, method, path string, in, out any) error {
	_, err := u.call(ctx, method, path, in, out)
	return err
}

func (u *User) call(ctx context.Context, method, path string, in, out any) (http.Header, error) {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, u.url+"/api/v4"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if u.Token != "" {
		req.Header.Set("Authorization", "Bearer "+u.Token)
	}
	resp, err := (&http.Client{Timeout: time.Minute}).Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		return nil, refusal(resp)
	}
	if out == nil {
		return resp.Header, nil
	}
	return resp.Header, json.NewDecoder(resp.Body).Decode(out)
}

func refusal(resp *http.Response) error {
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	refused := &MattermostError{}
	if json.Unmarshal(text, refused) != nil {
		refused.Message = string(text) // 429 is plain text
	}
	refused.Status = resp.StatusCode
	return refused
}

// signUp makes the account with the server's own sign-up, which only the first
// user of a server and its admin are allowed.
func (m *MM) signUp(t testing.TB, name string) {
	t.Helper()
	caller := m.Admin
	if caller == nil {
		caller = &User{url: m.URL}
	}
	caller.Do(t, "POST", "/users", map[string]string{
		"username": name, "email": name + "@example.org", "password": Password,
	}, nil)
}

func (m *MM) login(t testing.TB, name string) *User {
	t.Helper()
	u := &User{url: m.URL}
	header, err := u.call(t.Context(), "POST", "/users/login", map[string]string{"login_id": name, "password": Password}, u)
	if err != nil {
		t.Fatalf("log in as %s: %v", name, err)
	}
	u.Token = header.Get("Token")
	return u
}
