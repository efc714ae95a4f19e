package web

import (
	"net/http"
	"strings"
	"unicode"

	"github.com/gin-gonic/gin"
)

// sendCSV answers a table as a file of that name (RFC 4180), for the programs of
// offices.
func (s *Server) sendCSV(c *gin.Context, name string, lines [][]string) error {
	headers{}.write(c, s)
	c.Header("Content-Disposition", `attachment; filename="`+name+`.csv"`)
	c.Data(http.StatusOK, "text/csv; charset=utf-8", csvOf(lines))
	return nil
}

// csvOf has every cell in quotes: some offices' programs part cells at semicolons.
func csvOf(lines [][]string) []byte {
	b := []byte("\ufeff") // or Excel takes UTF-8 for something else
	for _, line := range lines {
		for i, cell := range line {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, '"')
			b = append(b, strings.ReplaceAll(plainCell(cell), `"`, `""`)...)
			b = append(b, '"')
		}
		b = append(b, "\r\n"...)
	}
	return b
}

// plainCell keeps a name from being a formula where the table is opened: those
// programs run what begins like one, also by the wide signs of East Asian keyboards.
// So does what follows whatever one of them may take for the end of a cell.
func plainCell(cell string) string {
	var b strings.Builder
	begins := true
	for _, r := range cell {
		if begins && strings.ContainsRune("=+-@\uff1d\uff0b\uff0d\uff20", r) {
			b.WriteByte('\'')
		}
		begins = strings.ContainsRune(",;|\"", r) || begins && blank(r) || unicode.IsControl(r)
		b.WriteRune(r)
	}
	return b.String()
}

// blank reports what does not show.
func blank(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }
