package render

import "testing"

// A sentence in Chinese is one word to the pattern of words, with the signs between its
// parts. It stays text.
func TestChineseProseStaysText(t *testing.T) {
	for text, want := range map[string]string{
		"login emailLogin 关闭，而这个计划没有其他途径：没有人能登录": "login emailLogin 关闭，而这个计划没有其他途径：没有人能登录",
		"关闭（见 `x`）。":         "关闭（见 `` `x`）。 ``",
		"第 1 波（共 3 波）：1 个环境": "第 1 波（共 3 波）：1 个环境",
		"令牌可能被读取；改 @all":     "令牌可能被读取；改 `@all`",
	} {
		if got := prose(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
