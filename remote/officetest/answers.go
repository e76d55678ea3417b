package officetest

import (
	"errors"
	"strings"
	"testing"

	"authsync/remote/transport"
	"authsync/schema"
)

// FuzzAnswers holds that any bytes with any status are an answer to what opens a
// service's envelope, or an error of one line.
func FuzzAnswers(f *testing.F, open func(transport.Response) (schema.Value, string, error)) {
	for _, body := range []string{
		"", "null", "[]", "<html>", `{"code":0,"message":"ok","result":[]}`, `{"code":"0"}`, `{"code":1,"message":"a\nb","result":"c"}`,
		`{"status":200,"result":{}}`, `{"status":"200"}`, `{"status":500,"code":null,"message":"用户已存在","result":["GET",{"property":"a","message":"b"},[]]}`,
		`{"Response":{"Error":{"Code":"a","Message":"b"},"RequestId":"c"}}`, `{"Response":{"Error":[]}}`, `{"code":"a","message":"b","requestId":"c"}`,
		`{"value":[{"_id":"1"}],"@odata.count":1}`, `{"a":1e400,"b":[{}],"c":"\ud800"}`,
	} {
		f.Add(200, []byte(body))
		f.Add(500, []byte(body))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		answer, _, err := open(transport.Response{Status: status, Body: body})
		var told *transport.Error
		if err != nil && !errors.As(err, &told) && strings.Contains(err.Error(), "\n") {
			t.Errorf("the error has many lines: %q", err)
		}
		if err != nil && answer != nil {
			t.Errorf("%v and %v", answer, err)
		}
	})
}
