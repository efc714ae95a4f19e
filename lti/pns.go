package lti

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// HandleNotices asks a platform to post notices of one type to an address of
// ours (Platform Notification Service §4); an empty address ends that. There is
// one handler of a type, so that asking again changes nothing.
func (s *Services) HandleNotices(ctx context.Context, a Access, noticesURL, noticeType, handlerURL string) error {
	body, err := json.Marshal(map[string]string{"notice_type": noticeType, "handler": handlerURL})
	if err != nil {
		return fmt.Errorf("notice handler: %w", err)
	}
	return s.call(ctx, request{
		service: ServiceNotices, access: a, needs: []string{ScopeNoticeHandlers}, method: http.MethodPut, url: noticesURL,
		accept: "application/json", contentType: "application/json", body: body,
	}, (*answer).notPage)
}
