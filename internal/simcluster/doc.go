// Package simcluster is a simulated DC/OS cluster behind real SSH servers.
package simcluster
