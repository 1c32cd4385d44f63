package simcluster

import (
	"regexp"
	"strings"
)

// argument tells whether a word may stand at a place of a verb.
type argument func(string) bool

func matches(s, pattern string) bool {
	return regexp.MustCompile(`^(?:` + pattern + `)$`).MatchString(s)
}

func isAny(string) bool       { return true }
func isNumber(s string) bool  { return matches(s, `[1-9][0-9]{0,8}`) }
func isOffset(s string) bool  { return s == "0" || isNumber(s) }
func isRun(s string) bool     { return matches(s, `[A-Za-z0-9][A-Za-z0-9._-]*`) }
func isSHA(s string) bool     { return matches(s, `[0-9a-f]{64}`) }
func isMode(s string) bool    { return matches(s, `0?[0-7]{3}`) }
func isBoot(s string) bool    { return matches(s, `[A-Za-z0-9-]+`) }
func isVersion(s string) bool { return matches(s, `[A-Za-z0-9._+-]+`) }
func isPackage(s string) bool { return matches(s, `[A-Za-z0-9@._+:][A-Za-z0-9@._+:-]*`) }
func isUnit(s string) bool    { return s == "--dcos" || isOneUnit(s) }
func isOneUnit(s string) bool { return matches(s, `[A-Za-z0-9@:_.\\][A-Za-z0-9@:_.\\-]*`) }
func isOffsetOrEnd(s string) bool {
	return s == "end" || isOffset(s)
}
func isURL(s string) bool    { return matches(s, `(?:https?|file)://\S+`) }
func isWebURL(s string) bool { return matches(s, `https?://\S+`) }
func isChecks(s string) bool { return s == "node-poststart" || s == "cluster" }
func isLine(s string) bool   { return s != "" && !strings.Contains(s, "\n") }
func isDst(s string) bool {
	return strings.HasPrefix(s, programDir+"/") && !strings.HasSuffix(s, "/") && !strings.HasSuffix(s, "/..") && !strings.Contains(s, "/../") && !strings.Contains(s, "\n")
}
