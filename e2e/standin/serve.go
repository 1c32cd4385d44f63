package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// serveRoot is what nginx serves on the bootstrap node.
const serveRoot = "/var/www/html"

// runServe packs the new release below nginx's root, as the installer does,
// and prints the package ids, one a line.
func runServe(ctx context.Context, l lab, _ []string) error {
	for _, p := range release(l, l.To) {
		dir, err := os.MkdirTemp("/opt/lab", "pack-*")
		if err != nil {
			return err
		}
		if err := p.write(dir); err != nil {
			return err
		}
		name, _, _ := strings.Cut(p.id, "--")
		to := filepath.Join(serveRoot, "packages", name, p.id+".tar.xz")
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if _, err := command(ctx, "tar", "--use-compress-program=xz -0 -T0", "-C", dir, "-cf", to, "."); err != nil {
			return err
		}
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
		fmt.Println(p.id)
	}
	return nil
}
