package web

import (
	"net/http"

	"classbridge/bbb"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// meetingEnded answers GET /bbb/ended/:token, BigBlueButton's meetingEndedURL and
// end callback. It starts a look and believes nothing.
func (s *Server) meetingEnded(c *gin.Context) error {
	if err := s.Classroom.MeetingEnded(c.Request.Context(), c.Param("token"), c.Query("recordingmarks")); err != nil {
		return err
	}
	c.String(http.StatusOK, "ok\n")
	return nil
}

// recordingReady answers POST /bbb/recording/:meeting.
func (s *Server) recordingReady(c *gin.Context) error {
	form, err := postedForm(c, maxCallback)
	if err != nil {
		return err
	}
	return answerBBB(c, s.Classroom.RecordingReady(c.Request.Context(), c.Param("meeting"), form.Get("signed_parameters")))
}

// meetingReported answers POST /bbb/analytics/:token, BigBlueButton's analytics
// callback, which comes once.
func (s *Server) meetingReported(c *gin.Context) error {
	body := http.MaxBytesReader(c.Writer, c.Request.Body, bbb.MaxAnalytics)
	return answerBBB(c, s.Classroom.MeetingReported(c.Request.Context(), c.Param("token"), c.GetHeader("Authorization"), body))
}

// answerBBB tells BigBlueButton what became of a signed callback. It reads the
// status: 401 says that the signature is wrong, 410 to stop asking.
func answerBBB(c *gin.Context, err error) error {
	switch {
	case classroom.Is(err, classroom.Invalid):
		return &callbackError{err, http.StatusUnauthorized}
	case classroom.Is(err, classroom.NotFound):
		return &callbackError{err, http.StatusGone}
	case err != nil:
		return err
	}
	c.String(http.StatusOK, "ok\n")
	return nil
}

// callbackError answers a refusal with the status that its protocol wants.
type callbackError struct {
	error
	status int
}

func (e *callbackError) Unwrap() error { return e.error }
