package locales

import (
	"strings"

	"golang.org/x/text/language"
)

// longestWish is how much of a wish is looked at: it comes from outside.
const longestWish = 200

func parseWish(wish string) []language.Tag {
	if len(wish) > longestWish {
		wish = wish[:longestWish]
	}
	if strings.ContainsAny(wish, ",;") {
		tags, _, _ := language.ParseAcceptLanguage(wish)
		return tags
	}
	return parsePack(strings.ReplaceAll(strings.TrimSpace(wish), "_", "-"))
}

// parsePack leaves out subtags from the end until a tag remains that BCP 47
// knows: Moodle's packs add parts of its own (de_du: informal, en_us_k12).
func parsePack(name string) []language.Tag {
	for name != "" {
		if tag, err := language.Parse(name); err == nil {
			return []language.Tag{tag}
		}
		name = name[:max(strings.LastIndexByte(name, '-'), 0)]
	}
	return nil
}
