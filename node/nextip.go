package node

import (
	"context"
	"fmt"
	"strings"
)

// NextIP runs the ip-detect script of a package that was fetched, which will
// speak for the node once the package is active, and gives what it prints.
// Empty: the package has none.
func NextIP(ctx context.Context, h Host, pkg string) (string, error) {
	b, err := Read(ctx, h, "next-ip", pkg)
	if err != nil {
		return "", err
	}
	return ParseNextIP(b)
}

// ParseNextIP reads "ip TEXT", or nothing. What a script prints that prints
// nothing is "nothing".
func ParseNextIP(b []byte) (string, error) {
	if len(b) == 0 {
		return "", nil
	}
	ip, ok := strings.CutPrefix(strings.TrimSuffix(string(b), "\n"), "ip ")
	if !ok || strings.Contains(ip, "\n") {
		return "", fmt.Errorf("next-ip: %.80q: want \"ip TEXT\"", b)
	}
	if ip == "" {
		ip = "nothing"
	}
	return ip, nil
}
