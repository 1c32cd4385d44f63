package daemons

import (
	"context"
	"fmt"
	"io"
	"net/http"
)

// Reply is an answer. The zero Reply is none.
type Reply struct {
	Status   int
	Location string // of a redirect
	Age      string // how long a cache has had it, seconds
	Body     []byte
}

// Limit bounds the body of an answer.
const Limit = 1 << 20

// Get asks for a URL, and never for a copy that a cache has. An answer that is longer
// than Limit, or is cut short, is an error that comes with its status.
func Get(ctx context.Context, c *http.Client, url string) (Reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return Reply{}, err
	}
	req.Header.Set("Cache-Control", "no-cache")
	resp, err := c.Do(req)
	if err != nil {
		return Reply{}, err
	}
	defer resp.Body.Close()
	r := Reply{Status: resp.StatusCode, Location: resp.Header.Get("Location"), Age: resp.Header.Get("Age")}
	body, err := io.ReadAll(io.LimitReader(resp.Body, Limit+1))
	switch {
	case err != nil:
		return r, err
	case len(body) > Limit:
		return r, fmt.Errorf("the answer is longer than %d MiB", Limit>>20)
	}
	r.Body = body
	return r, nil
}
