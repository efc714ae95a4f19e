package web

import (
	"errors"
	"mime"
	"net/http"
	"net/url"

	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// How much a form may weigh: an id_token with its claims, BigBlueButton's signed
// parameters, our own forms.
const (
	maxLaunch    = 256 << 10
	maxCallback  = 64 << 10
	maxForm      = 16 << 10
	maxPlacement = 256 << 10 // 20 rooms with their descriptions, escaped
)

// postedForm reads the fields of a POST, of the body only.
func postedForm(c *gin.Context, limit int64) (url.Values, error) {
	kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, &statusError{http.StatusUnsupportedMediaType, "error.form"}
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, limit)
	if err := c.Request.ParseForm(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, err
		}
		return nil, &classroom.Error{Code: classroom.Invalid, Message: "error.form", Err: errors.New("the form cannot be read")}
	}
	return c.Request.PostForm, nil
}
