// Package openapi is the open API of a CloudBase environment itself (seed 001),
// with the one kind that lives there: the rows of data sources.
//
// Its settings, account and codes follow those of cloudbase; it knows no other
// system, and nothing of plans and locks. Begin with openapi.go (token, errors),
// then record.go; odata.go has filters and pages.
package openapi
