// Package shorten keeps what people read short: a node may list very much.
package shorten

import (
	"fmt"
	"strings"
)

// List is at most so many of the names, with how many more there are.
func List(names []string, most int, between string) string {
	if more := len(names) - most; more > 0 {
		names = append(names[:most:most], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, between)
}
