package locales

import (
	"fmt"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"
)

// Printer speaks one language. It is safe for concurrent use.
type Printer struct {
	localizer *i18n.Localizer
	parser    template.Parser
	tag       language.Tag
	constant  sync.Map // texts without values, by id
	zones     sync.Map // of *time.Location, by name: each is read from a file otherwise, each time
}

func newPrinter(b *i18n.Bundle, tag language.Tag) *Printer {
	return &Printer{
		localizer: i18n.NewLocalizer(b, tag.String()),
		parser:    &template.TextParser{Option: "missingkey=error"},
		tag:       tag,
	}
}

// Text returns the text of that id. args are names and values in turn:
//
//	p.Text("room.inside", "Count", 3, "Room", room.Title)
//
// Count chooses the plural form. An unknown id, or a value that the text wants
// and does not get, shows the id itself: tests find it, and a person reports it.
func (p *Printer) Text(id string, args ...any) string {
	if text, known := p.constant.Load(id); known && len(args) == 0 {
		return text.(string)
	}
	values := pairs(args)
	text, err := p.localizer.Localize(&i18n.LocalizeConfig{
		MessageID: id, TemplateData: values, PluralCount: values["Count"], TemplateParser: p.parser,
	})
	if text == "" && err != nil {
		return id
	}
	if len(args) == 0 && err == nil {
		p.constant.Store(id, text)
	}
	return text
}

func pairs(args []any) map[string]any {
	values := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		values[fmt.Sprint(args[i])] = args[i+1]
	}
	return values
}

// Lang is the BCP 47 tag of the language, as the attribute lang wants it.
func (p *Printer) Lang() string { return p.tag.String() }

// Dir is the direction of the script, as the attribute dir wants it: ltr or rtl.
func (p *Printer) Dir() string {
	script, _ := p.tag.Script()
	switch script.String() {
	case "Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa":
		return "rtl"
	}
	return "ltr"
}
