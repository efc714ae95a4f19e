package bridge_test

import (
	"net/http"
	"strings"
	"testing"

	"classbridge/bridge"
)

func TestRehearse(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		p := catalogue(t).For("en")
		if step, err := w.newBridge().Rehearse(t.Context(), w.conn, "", p); err != nil {
			t.Errorf("step %s: %v", step, err)
		}
		for _, ch := range w.channels() {
			if strings.HasPrefix(ch.Name, "classbridge-test-") && ch.DeleteAt == 0 {
				t.Errorf("the channel %s is left behind", ch.Name)
			}
		}
		ch := w.channel()
		if step, err := w.newBridge().Rehearse(t.Context(), w.conn, ch.Name, p); err != nil {
			t.Errorf("in a channel that is there, step %s: %v", step, err)
		}
		for _, post := range w.ours(ch) {
			if strings.HasPrefix(post.Message, "A test of") {
				t.Errorf("a post is left behind: %s", post.Message)
			}
		}
		if step, err := w.newBridge().Rehearse(t.Context(), w.conn, "nowhere", p); step != bridge.StepChannel || err == nil {
			t.Errorf("in a channel that is not there: step %s, %v", step, err)
		}
	})
}

// Whatever step fails, what was made is taken away again.
func TestRehearseFails(t *testing.T) {
	for call, want := range map[string]string{
		"POST /api/v4/channels":    bridge.StepChannel,
		"POST /api/v4/posts":       bridge.StepPost,
		"PUT /api/v4/posts/":       bridge.StepEdit,
		"DELETE /api/v4/posts/":    bridge.StepDelete,
		"DELETE /api/v4/channels/": bridge.StepArchive,
	} {
		t.Run(want, func(t *testing.T) {
			w := standIn(t)
			w.fake.FailNext(call, http.StatusForbidden)
			step, err := w.newBridge().Rehearse(t.Context(), w.conn, "", catalogue(t).For("en"))
			if step != want || err == nil {
				t.Errorf("step %s: %v", step, err)
			}
			if want == bridge.StepChannel {
				return
			}
			calls := strings.Join(w.fake.Calls(), "\n")
			if !strings.Contains(calls, "DELETE /api/v4/channels/") || want != bridge.StepPost && !strings.Contains(calls, "DELETE /api/v4/posts/") {
				t.Errorf("nothing was taken away:\n%s", calls)
			}
			if strings.Contains(bridge.Reason(err), w.conn.Token) {
				t.Error("the token is in the reason")
			}
		})
	}
}
