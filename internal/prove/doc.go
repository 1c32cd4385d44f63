// Package prove searches every story that a small plan can have: every order
// of completion, failure, loss, crash, interruption and resume. It drives the
// engine's own Next against a model of the nodes, which alone know whether a
// script was begun, and looks at the safety rules in every state. A rule that
// breaks is shown with the shortest story that breaks it.
package prove
