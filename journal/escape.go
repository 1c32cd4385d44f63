package journal

import (
	"fmt"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Escape gives a JSON document in a form that a terminal survives, since
// journals hold what nodes have said and people look at them with cat.
// encoding/json escapes control characters below the space, but neither DEL nor
// U+0080 to U+009F, of which terminals take U+009B for the beginning of an
// escape sequence, nor marks of writing direction. All of them stand in strings
// only, where \u means the same. A document without them is given back as it is.
func Escape(doc []byte) []byte {
	if plain(doc) {
		return doc
	}
	out := make([]byte, 0, len(doc))
	for i := 0; i < len(doc); {
		r, n := utf8.DecodeRune(doc[i:])
		switch {
		case r == '\n' || unicode.IsPrint(r):
			out = append(out, doc[i:i+n]...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		i += n
	}
	return out
}

func plain(doc []byte) bool {
	for _, b := range doc {
		if b >= 0x7f {
			return false
		}
	}
	return true
}
