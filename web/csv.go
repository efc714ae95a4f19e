package web

import (
	"net/http"

	"classbridge/sheet"

	"github.com/gin-gonic/gin"
)

// sendCSV answers a table as a file of that name (RFC 4180), for the programs of
// offices.
func (s *Server) sendCSV(c *gin.Context, name string, lines [][]string) error {
	headers{}.write(c, s)
	c.Header("Content-Disposition", `attachment; filename="`+name+`.csv"`)
	b := []byte(sheet.Mark)
	for _, line := range lines {
		b = sheet.Append(b, line)
	}
	c.Data(http.StatusOK, "text/csv; charset=utf-8", b)
	return nil
}
