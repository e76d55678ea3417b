package sandbox

import (
	"cmp"
	"errors"
	"net/http"
	"strconv"

	"authsync/schema"
)

// deviceError is an error of the platform. An empty code is left out of the answer.
type deviceError struct {
	status  int
	code    string
	message string
	result  schema.Value
	header  http.Header
}

func (e *deviceError) Error() string { return strconv.Itoa(e.status) + " " + e.code + ": " + e.message }

// declined is the platform's error for a request that it understands and refuses.
// Whether such an error has a code is not documented. Here it has none, so that
// clients must use the status.
func declined(message string) error {
	return &deviceError{status: http.StatusBadRequest, message: message}
}

// errTooManyDevices is not documented: the platform publishes no limits.
var errTooManyDevices = &deviceError{
	status:  http.StatusTooManyRequests,
	code:    "too_many_requests",
	message: "请求过于频繁",
	header:  retryAfter,
}

var errNotFound = &deviceError{status: http.StatusNotFound, code: "not_found", message: "数据不存在"}

// illegal is the error of a request with invalid values, with a detail for each.
func illegal(details ...schema.Object) error {
	return &deviceError{status: http.StatusBadRequest, code: "illegal_argument", message: "参数错误", result: viewed(details, asItIs)}
}

func detail(property, message string) schema.Object {
	return schema.Object{"property": schema.Text(property), "message": schema.Text(message)}
}

// noSuchRoute is 406 and not 405 for a wrong method (wire facts, section 4.4).
func noSuchRoute(methods []string) error {
	if len(methods) == 0 {
		return &deviceError{status: http.StatusNotFound, code: "error.resource_not_found", message: "资源不存在"}
	}
	return &deviceError{status: http.StatusNotAcceptable, code: "method_not_allowed", message: "不支持的请求方法", result: texts(methods)}
}

// valuesOf is a list of what show makes of each.
func valuesOf[T any](all []T, show func(T) schema.Value) schema.List {
	values := make(schema.List, len(all))
	for i, one := range all {
		values[i] = show(one)
	}
	return values
}

func texts(of []string) schema.List {
	return valuesOf(of, func(text string) schema.Value { return schema.Text(text) })
}

// envelope wraps a result: {message, result, status, code, timestamp} without
// what is null.
func (d *devices) envelope(result schema.Value, err error) answer {
	var e *deviceError
	switch {
	case err == nil:
		e = &deviceError{status: http.StatusOK, message: "success", result: result}
	case !errors.As(err, &e):
		e = &deviceError{
			status:  http.StatusBadRequest,
			code:    "illegal_argument",
			message: messageOf(err),
			result:  schema.List{schema.Object{"message": schema.Text(messageOf(err))}},
		}
	}
	response := schema.Object{
		"message":   schema.Text(e.message),
		"status":    number(int64(e.status)),
		"timestamp": number(d.options.Now().UnixMilli()),
	}
	if e.code != "" {
		response["code"] = schema.Text(e.code)
	}
	if e.result != nil {
		response["result"] = e.result
	}
	a := jsonAnswer(e.status, response)
	a.header = e.header
	if err != nil {
		a.code = cmp.Or(e.code, strconv.Itoa(e.status))
	}
	return a
}
