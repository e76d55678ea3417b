// Package openapi is the open API of a CloudBase environment itself (seed 001) with
// its one kind, the rows of data sources.
//
// Its settings, account and codes follow those of cloudbase; it must not know another
// system, a plan or a lock. Begin reading with openapi.go (token, errors), then
// record.go; odata.go has filters and pages.
package openapi
