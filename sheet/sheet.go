// Package sheet writes tables for the programs of offices (RFC 4180). What it
// writes is never run where it is opened, whoever chose the words.
package sheet

import (
	"strings"
	"unicode"
)

// Mark begins a file, or Excel takes UTF-8 for something else.
const Mark = "\ufeff"

// Append adds a line to b. Every cell is in quotes: some programs part cells at
// semicolons.
func Append(b []byte, cells []string) []byte {
	for i, cell := range cells {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(b, strings.ReplaceAll(plain(cell), `"`, `""`)...)
		b = append(b, '"')
	}
	return append(b, "\r\n"...)
}

// plain keeps a name from being a formula where the table is opened: those
// programs run what begins like one, also by the wide signs of East Asian keyboards.
// So does what follows whatever one of them may take for the end of a cell.
func plain(cell string) string {
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
