package bridgetest

import (
	"html"
	"html/template"
	"regexp"
	"strings"
)

// The little of Markdown that announcements use, in the order in which it is
// looked for. Everything else is shown as it was written.
var inline = regexp.MustCompile("" +
	`\\([\\` + "`" + `*{}\[\]()#+\-.!_>~|])` + // 1: escaped character
	`|\[([^\]\\]+)\]\((https?://[^\s()]+)\)` + // 2, 3: link
	`|\*\*(.+?[^\\])\*\*` + // 4: bold
	`|(#\pL[\pL\d\-_.]*[\pL\d])` + // 5: hashtag
	`|(@[a-z0-9][a-z0-9._-]*)`) // 6: mention

func render(message string) template.HTML {
	lines := strings.Split(message, "\n")
	for i, line := range lines {
		lines[i] = renderLine(line)
	}
	return template.HTML(strings.Join(lines, "<br>"))
}

func renderLine(line string) string {
	var b strings.Builder
	at := 0
	for _, m := range inline.FindAllStringSubmatchIndex(line, -1) {
		group := func(n int) string {
			if m[2*n] < 0 {
				return ""
			}
			return line[m[2*n]:m[2*n+1]]
		}
		b.WriteString(html.EscapeString(line[at:m[0]]))
		switch {
		case group(1) != "":
			b.WriteString(html.EscapeString(group(1)))
		case group(2) != "":
			b.WriteString(`<a href="` + html.EscapeString(group(3)) + `" target="_blank" rel="noopener">` + html.EscapeString(group(2)) + `</a>`)
		case group(4) != "":
			b.WriteString("<strong>" + renderLine(group(4)) + "</strong>")
		case group(5) != "":
			b.WriteString(`<span class="hashtag">` + html.EscapeString(group(5)) + "</span>")
		default:
			b.WriteString(`<span class="mention">` + html.EscapeString(group(6)) + "</span>")
		}
		at = m[1]
	}
	b.WriteString(html.EscapeString(line[at:]))
	return b.String()
}
