// Package bench measures what no single package can: processes side by side.
package bench
