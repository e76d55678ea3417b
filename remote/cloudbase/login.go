package cloudbase

import (
	"context"

	"authsync/sync"
)

var login = tcbKind{
	read:    readLogin,
	actions: map[sync.Op]string{sync.OpUpdate: "ModifyLoginConfig"},
}

// readLogin: the answer is flat below Response (seed 002, getLoginConfig).
func readLogin(ctx context.Context, s *tcbService, _ sync.Query) ([]sync.WireObject, error) {
	answer, err := s.api.answer(ctx, "DescribeLoginConfig", nil)
	if err != nil {
		return nil, err
	}
	return []sync.WireObject{{Wire: answer}}, nil
}
