package flight

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// longest is the longest name before its suffix: file systems allow 255 bytes.
const longest = 200

func safe(id string) string {
	var b strings.Builder
	for i := range len(id) {
		switch c := id[i]; {
		case c == '/':
			b.WriteByte('+')
		case c == '.' && i == 0: // neither hidden nor ".."
			b.WriteString("%2E")
		case plain(c):
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	name := b.String()
	if len(name) > longest {
		name = fmt.Sprintf("%s~%x", name[:longest-33], sha256.Sum256([]byte(id)))[:longest]
	}
	return name
}

func plain(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '-' || c == '_'
}
