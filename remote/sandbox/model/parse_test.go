package model

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// declared is cut out of the SDK's declarations.
const declared = `import { AbstractModel } from "x"
export interface ModifyThingRequest {
    /**
     * 云开发环境 ID。
     */
    EnvId: string;
    /**
     * 身份源协议类型。可选值：
  OAUTH：标准 OAuth 2.0 协议
  WX_MP：微信公众号网页授权登录
     */
    ProviderType?: string;
    /**
     * 是否开启。可选值：TRUE（开启）、FALSE（关闭，默认值）、UNSPECIFIED（默认为 FALSE）。开启后，TransparentMode 将被强制设为 TRUE（见上）。
     */
    On?: string;
    /**
     * <p>通道</p><p>枚举值：</p><ul><li>default： 使用默认</li><li>apis： 使用云开发自定义 APIs</li></ul>
     */
    Type?: string;
    /**
     * 状态。包含以下取值：
  <li>ENABLE</li>
  <li>DISABLE</li>
     */
    Status?: string;
    /**
     * <p>可选：TRUE，FALSE，如果On为TRUE，则表示采用默认代发。</p>
注意：此字段可能返回 null，表示取不到有效值。
     */
    Sends?: string;
    /**
     * 取值范围：1800~2592000（即 30 分钟）
     */
    Life?: number;
    Parts?: Array<Part>;
    Others?: Array<string>;
}
/**
 * 返回
 */
export interface ModifyThingResponse {
    RequestId?: string;
}
export interface Part {
    Message: string;
    Deep?: Deeper;
}
export interface Deeper {
    Off?: boolean;
}
export interface Unrelated {
    A?: string;
}
`

func TestParse(t *testing.T) {
	got, err := Parse(declared, []string{"ModifyThing"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]map[string]Field{
		"ModifyThingRequest": {
			"EnvId":        {Type: "string", Required: true},
			"ProviderType": {Type: "string", Values: []string{"OAUTH", "WX_MP"}},
			"On":           {Type: "string", Values: []string{"TRUE", "FALSE", "UNSPECIFIED"}},
			"Type":         {Type: "string", Values: []string{"default", "apis"}},
			"Status":       {Type: "string", Values: []string{"ENABLE", "DISABLE"}},
			"Sends":        {Type: "string", Nullable: true, Values: []string{"TRUE", "FALSE"}},
			"Life":         {Type: "number"},
			"Parts":        {Type: "Part", List: true},
			"Others":       {Type: "string", List: true},
		},
		"ModifyThingResponse": {"RequestId": {Type: "string"}},
		"Part":                {"Message": {Type: "string", Required: true}, "Deep": {Type: "Deeper"}},
		"Deeper":              {"Off": {Type: "boolean"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, err := Parse(declared, []string{"AddThing"}); err == nil {
		t.Error("an action that is not there is passed over")
	}
}

// The model that is checked in says where it comes from, and has every action.
func TestTCB(t *testing.T) {
	m, err := TCB()
	if err != nil {
		t.Fatal(err)
	}
	if m.Source.Package == "" || m.Source.Version == "" || m.Source.Published == "" || m.Source.Licence == "" {
		t.Errorf("it does not say where it comes from: %+v", m.Source)
	}
	if diff := cmp.Diff(Actions, m.Actions); diff != "" {
		t.Errorf("it is to be made again (-actions +model)\n%s", diff)
	}
	for _, action := range m.Actions {
		if m.Types[Request(action)] == nil || m.Types[Answer(action)] == nil {
			t.Errorf("it lacks what %s takes or answers", action)
		}
	}
}
