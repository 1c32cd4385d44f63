// Package orchestrator walks a plan. Next decides, and is pure; Driver carries
// out what it decided through three small interfaces and feeds back what
// happened. The package knows neither SSH nor Mesos.
package orchestrator
