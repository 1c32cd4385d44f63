package node

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
)

// Checks runs the node's check runner for "node-poststart" or "cluster" and
// gives back what it printed, and its exit code (124: it did not end within
// 60 s). The code says less than the text: a check that could not be run shows
// only there (FACTS §0.6).
func Checks(ctx context.Context, h Host, kind string) ([]byte, int, error) {
	b, err := Read(ctx, h, "checks", kind)
	if err != nil {
		return nil, 0, err
	}
	return ParseChecks(b)
}

// ParseChecks takes the last line, "exit CODE", off the runner's output.
func ParseChecks(b []byte) (raw []byte, exit int, err error) {
	body := bytes.TrimSuffix(b, []byte("\n"))
	at := bytes.LastIndexByte(body, '\n') + 1
	code, ok := strings.CutPrefix(string(body[at:]), "exit ")
	if !ok {
		return nil, 0, fmt.Errorf("checks: the last line is %.80q: want \"exit CODE\"", body[at:])
	}
	if exit, err = number(code); err != nil {
		return nil, 0, fmt.Errorf("checks: exit: %w", err)
	}
	return body[:at], exit, nil
}

// Cockroach is the output of "cockroach node status --ranges --format=tsv".
// That CockroachDB gave none is an *sshexec.ExitError of code 1.
func Cockroach(ctx context.Context, h Host) ([]byte, error) {
	return Read(ctx, h, "cockroach")
}

// Exhibitor is the answer of this master's Exhibitor about the ensemble,
// fetched by curl on the node. That it did not answer is an *sshexec.ExitError
// of code 1.
func Exhibitor(ctx context.Context, h Host) (status int, body []byte, err error) {
	b, err := Read(ctx, h, "exhibitor")
	if err != nil {
		return 0, nil, err
	}
	return ParseExhibitor(b)
}

// Etcd is the answer of this master's etcd to GET /health, fetched by curl on
// the node. That it did not answer is an *sshexec.ExitError of code 1.
func Etcd(ctx context.Context, h Host) (status int, body []byte, err error) {
	b, err := Read(ctx, h, "etcd")
	if err != nil {
		return 0, nil, err
	}
	return parseHTTP("etcd", b)
}

// ParseExhibitor takes the first line, "status CODE", off the body.
func ParseExhibitor(b []byte) (status int, body []byte, err error) {
	return parseHTTP("exhibitor", b)
}

func parseHTTP(verb string, b []byte) (status int, body []byte, err error) {
	line, body, _ := bytes.Cut(b, []byte("\n"))
	code, ok := strings.CutPrefix(string(line), "status ")
	if !ok {
		return 0, nil, fmt.Errorf("%s: the first line is %.80q: want \"status CODE\"", verb, line)
	}
	if status, err = number(code); err != nil {
		return 0, nil, fmt.Errorf("%s: status: %w", verb, err)
	}
	return status, body, nil
}

// number reads a decimal that the program printed: digits only, no sign.
func number(s string) (int, error) {
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil {
		return 0, fmt.Errorf("%.80q is not a number", s)
	}
	return int(n), nil
}
