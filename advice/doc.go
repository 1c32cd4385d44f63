// Package advice is what to do next, as data: words, and commands of this
// program. Who gives advice (a block of a plan, a refusal, a stopped run) knows
// neither how the program was called nor for which shell its commands are
// written; render.Program does.
//
//	advice.Say("repair the node, then ").Run("check", "m1", "--wait")
//
// It is no place for what a node said: a command's words are our own values.
package advice
