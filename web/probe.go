package web

import (
	"fmt"
	"net/http"
	"time"

	"classbridge/doctor"

	"github.com/gin-gonic/gin"
)

// answerProbe answers GET /probe: to the installation itself, what it saw of whoever
// asked; to anybody else, that there is nothing.
func (s *Server) answerProbe(c *gin.Context) error {
	s.beProbed(c)
	echo, err := s.Doctor.Answer(c.Query("challenge"), doctor.Echo{
		Peer: c.RemoteIP(), Client: c.ClientIP(), Host: c.Request.Host,
		Forwarded: c.Request.Header.Values("X-Forwarded-For"), Proto: c.GetHeader("X-Forwarded-Proto"),
	})
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, echo)
	return nil
}

// streamProbe answers GET /rooms/probe/events: a few events, one after the other, so that
// it shows whether they come so.
func (s *Server) streamProbe(c *gin.Context) error {
	s.beProbed(c)
	if err := s.Doctor.MayStream(c.Query("challenge")); err != nil {
		return err
	}
	st := newStream(c)
	if st.open() != nil {
		return nil // whoever asked is gone; there is nobody to answer
	}
	pace := time.NewTicker(doctor.StreamPace)
	defer pace.Stop()
	for i := range doctor.StreamEvents {
		if st.send(fmt.Sprintf("event: probe\ndata: %d\n\n", i+1)) != nil {
			return nil
		}
		select {
		case <-pace.C:
		case <-s.closing:
			return nil
		case <-c.Request.Context().Done():
			return nil
		}
	}
	return nil
}

func (s *Server) beProbed(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	c.Header(doctor.HeaderProgram, "1")
}

// rehearsalEnded answers GET /bbb/rehearsal/:token, the callback of a meeting that
// the doctor made: that it comes is all that it says.
func (s *Server) rehearsalEnded(c *gin.Context) error {
	if err := s.Doctor.Called(c.Request.Context(), c.Param("token")); err != nil {
		return err
	}
	c.String(http.StatusOK, "ok\n")
	return nil
}
