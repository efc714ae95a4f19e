package bridge

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"classbridge/classroom"
	"classbridge/locales"
)

// Command answers Mattermost's slash command, POST /mattermost/command. Its server
// proves itself with the command's token in the Authorization header (401 without), and has
// looked itself whether whoever typed it is in the channel.
//
// A person sees any status but 200 as "returned response 500", and an empty body
// too: after the token every answer is a 200 with words, for that person alone.
type Command struct {
	Connections Connections
	Classes     Classes
	Texts       *locales.Catalogue
	Log         *slog.Logger
}

// Classes says what there is in a channel; *classroom.Classroom implements it.
type Classes interface {
	AnswerInChat(ctx context.Context, ask classroom.ChatAsk) (classroom.ChatReply, error)
}

var _ http.Handler = (*Command)(nil)

// commandLimit is the longest request that is read: nobody types more after /bbb.
const commandLimit = 64 << 10

// longestSchool bounds what is looked up for somebody who has proved nothing.
const longestSchool = 64

// commandAnswer is what Mattermost makes an ephemeral post of.
type commandAnswer struct {
	Kind string `json:"response_type"`
	Text string `json:"text"`
	// Without it Mattermost reads the text as Slack would, in which < is markup.
	SkipSlack bool   `json:"skip_slack_parsing"`
	Goto      string `json:"goto_location,omitempty"`
}

// ServeHTTP implements http.Handler.
func (h *Command) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		answerJSON(w, http.StatusUnsupportedMediaType, map[string]string{"error": "form expected"})
		return
	}
	tenantID := school(r.URL)
	switch known, err := h.knows(r, tenantID); {
	case err != nil:
		h.Log.ErrorContext(r.Context(), "a slash command could not be checked", "err", err)
		answerJSON(w, http.StatusServiceUnavailable, map[string]string{"error": "try again"})
	case !known:
		answerJSON(w, http.StatusUnauthorized, map[string]string{"error": "token unknown"})
	default:
		answerJSON(w, http.StatusOK, h.answer(r.Context(), tenantID, commandForm(w, r)))
	}
}

func answerJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func school(u *url.URL) string {
	if id := u.Query().Get(schoolParameter); id != "" {
		return id
	}
	return classroom.DefaultTenant
}

// knows reports whether the request has the token of the tenant's command.
func (h *Command) knows(r *http.Request, tenantID string) (bool, error) {
	token, given := strings.CutPrefix(r.Header.Get("Authorization"), "Token ")
	if !given || len(tenantID) > longestSchool {
		return false, nil
	}
	conn, found, err := h.Connections.FindChatConnection(r.Context(), tenantID)
	if err != nil || !found || conn.CommandToken == "" {
		return false, err
	}
	return subtle.ConstantTimeCompare([]byte(token), []byte(conn.CommandToken)) == 1, nil
}

// commandForm reads the form; what cannot be read asks for nothing.
func commandForm(w http.ResponseWriter, r *http.Request) url.Values {
	r.Body = http.MaxBytesReader(w, r.Body, commandLimit)
	if err := r.ParseForm(); err != nil {
		return url.Values{}
	}
	return r.PostForm
}

// answer finds out what was asked for, and puts the reply into words.
func (h *Command) answer(ctx context.Context, tenantID string, form url.Values) commandAnswer {
	word := strings.ToLower(strings.Join(strings.Fields(form.Get("text")), " "))
	reply, err := h.Classes.AnswerInChat(ctx, classroom.ChatAsk{
		TenantID: tenantID, ChannelID: form.Get("channel_id"), UserID: form.Get("user_id"), Recordings: word == "recordings",
	})
	if err != nil {
		h.Log.ErrorContext(ctx, "a slash command could not be answered", "err", err)
	}
	p := reciting{h.Texts.For(reply.Locale), reply}
	answer := commandAnswer{Kind: "ephemeral", SkipSlack: true}
	switch {
	case err != nil:
		answer.Text = p.Text("command.failed")
	case reply.Standing != classroom.ChannelServed:
		answer.Text = p.standing()
	case word == "" || word == "join":
		answer.Text, answer.Goto = p.rooms(), p.only()
	case word == "recordings":
		answer.Text = p.recordings()
	default:
		answer.Text = p.Text("command.help")
	}
	return answer
}
