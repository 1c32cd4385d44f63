package dcos

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// The lines of a node patch script that say what it does; rendered by
// dcos_installer/upgrade.py of DC/OS 1.11 to 2.2.
var (
	scriptVersions = regexp.MustCompile(`echo "ERROR: Expecting to upgrade DC/OS from (\S+) to (\S+)\."`)
	scriptFetch    = regexp.MustCompile(`(?m)^pkgpanda fetch --repository-url=(\S+) (.+) >(?:&3|\s*/dev/null)$`)
	scriptActivate = regexp.MustCompile(`(?m)^pkgpanda activate (--no-block )?(.+) >(?:&3|\s*/dev/null)$`)
	packageID      = regexp.MustCompile(`^[a-zA-Z0-9@_+][a-zA-Z0-9@._+-]*--[a-zA-Z0-9@_+:.-]+$`)
)

const scriptTitle = "# BASH script to upgrade DC/OS on a node"

// ParseScript reads a node patch script. It is an error if the text is
// anything else (the page of a web server's 404, an empty or cut-off download)
// or if it would fetch other packages than it activates. The URL is left to
// the caller, who knows where the text came from.
func ParseScript(b []byte) (Script, error) {
	const what = "node patch script"
	text := strings.TrimLeft(string(b), "\n")
	if !strings.HasPrefix(text, "#!/bin/bash\n") || !titled(text) {
		return Script{}, fmt.Errorf("%s: not one but %s", what, looksLike(b))
	}
	versions, err := once(scriptVersions, text, "line that compares the installed version")
	if err != nil {
		return Script{}, fmt.Errorf("%s: %w", what, err)
	}
	fetch, err := once(scriptFetch, text, "pkgpanda fetch line")
	if err != nil {
		return Script{}, fmt.Errorf("%s: %w", what, err)
	}
	activate, err := once(scriptActivate, text, "pkgpanda activate line")
	if err != nil {
		return Script{}, fmt.Errorf("%s: %w", what, err)
	}
	sum := sha256.Sum256(b)
	s := Script{SHA256: hex.EncodeToString(sum[:]), Repository: fetch[1], NoBlock: activate[1] != ""}
	if s.From, err = ParseVersion(versions[1]); err != nil {
		return Script{}, fmt.Errorf("%s: from-version: %w", what, err)
	}
	if s.To, err = ParseVersion(versions[2]); err != nil {
		return Script{}, fmt.Errorf("%s: to-version: %w", what, err)
	}
	if err := checkRepository(s.Repository); err != nil {
		return Script{}, fmt.Errorf("%s: %w", what, err)
	}
	if s.Packages, err = packageList(fetch[2]); err != nil {
		return Script{}, fmt.Errorf("%s: fetch line: %w", what, err)
	}
	activated, err := packageList(activate[2])
	if err != nil {
		return Script{}, fmt.Errorf("%s: activate line: %w", what, err)
	}
	if only := difference(s.Packages, activated); only != "" {
		return Script{}, fmt.Errorf("%s: %s is fetched or activated, not both", what, only)
	}
	return s, nil
}

// titled reports whether one of the first lines is the script's title.
func titled(text string) bool {
	lines := strings.SplitN(text, "\n", 6)
	return slices.Contains(lines[:len(lines)-1], scriptTitle)
}

// once gives the groups of the only match of a line.
func once(line *regexp.Regexp, text, name string) ([]string, error) {
	switch all := line.FindAllStringSubmatch(text, 2); len(all) {
	case 0:
		return nil, errors.New("no " + name + ": cut off, or of a DC/OS that is not known here")
	case 1:
		return all[0], nil
	}
	return nil, errors.New("more than one " + name)
}

func checkRepository(s string) error {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return fmt.Errorf("repository URL %q cannot be read", s)
	case u.Scheme == "file" && u.Path != "", (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "":
		return nil
	}
	return fmt.Errorf("repository URL %q: want http, https or file", s)
}

// packageList gives the package ids of a line, sorted, each once.
func packageList(line string) ([]string, error) {
	ids := strings.Fields(line)
	if len(ids) == 0 {
		return nil, errors.New("no packages")
	}
	for _, id := range ids {
		if !packageID.MatchString(id) {
			return nil, fmt.Errorf("%q is not a package id", id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}
