// Package daemons is how HTTP servers are asked: those of a cluster's nodes, with the
// scheme, the CA and the credentials of that cluster, and others, without any of it. No
// client of it keeps a connection, and no answer is read without a limit.
package daemons
