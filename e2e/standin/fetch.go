package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// fetchAll brings packages to disk. What is there already is left alone.
func fetchAll(ctx context.Context, repository string, ids []string) error {
	for _, id := range ids {
		dir := filepath.Join(base, "packages", id)
		if _, err := os.Stat(dir); err == nil {
			fmt.Println("Package already added.")
			continue
		}
		if err := fetchOne(ctx, repository, id, dir); err != nil {
			return fmt.Errorf("ERROR: Unable to fetch package %s: %w", id, err)
		}
	}
	return nil
}

func fetchOne(ctx context.Context, repository, id, dir string) error {
	if d, ok := switched("slow-fetch"); ok {
		wait, err := time.ParseDuration(d)
		if err != nil {
			return err
		}
		if !pause(ctx, wait) {
			return ctx.Err()
		}
	}
	name, _, _ := strings.Cut(id, "--")
	archive, err := os.CreateTemp("/tmp", "pkgpanda-*.tar.xz")
	if err != nil {
		return err
	}
	defer os.Remove(archive.Name())
	url := fmt.Sprintf("%s/packages/%s/%s.tar.xz", strings.TrimSuffix(repository, "/"), name, id)
	if err := errors.Join(download(ctx, url, archive), archive.Close()); err != nil {
		//lint:ignore ST1005 pkgpanda's words
		return fmt.Errorf("Problem fetching %s to %s: %w", url, archive.Name(), err)
	}
	partial := dir + "_tmp"
	if err := os.RemoveAll(partial); err != nil {
		return err
	}
	if err := os.MkdirAll(partial, 0o755); err != nil {
		return err
	}
	if _, err := command(ctx, "tar", "-xJf", archive.Name(), "-C", partial); err != nil {
		return err
	}
	if err := os.Chmod(partial, 0o755); err != nil {
		return err
	}
	return os.Rename(partial, dir)
}

func download(ctx context.Context, url string, w io.Writer) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("HTTP %d", resp.StatusCode)
	}
	_, err = io.Copy(w, resp.Body)
	return err
}
