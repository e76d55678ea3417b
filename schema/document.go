package schema

// Document is where a limit is from, by a short name. A field, a rule and an object
// that name none are from where the object around them is.
type Document string

const (
	SeedLogin        Document = "login API"
	SeedIntegration  Document = "integration API"
	SeedOpenAPI      Document = "open API"
	SeedDevices      Document = "devices API"
	SeedConnectors   Document = "connectors API"
	CloudDocs        Document = "cloud docs"
	SDKModels        Document = "SDK models"
	SDKRelease159    Document = "SDK release 159"
	ToolsGuide       Document = "tools' guide"
	OfficialExamples Document = "official examples"
	DevicesUI        Document = "devices' UI"
	Itself           Document = "authsync"
)

// Documents are all of them, with what each is.
var Documents = []struct {
	Name Document
	Text string
}{
	{SeedLogin, "the description of the authentication interfaces of CloudBase that came with the service"},
	{SeedIntegration, "the description of the Integration Center's interfaces"},
	{SeedOpenAPI, "the description of CloudBase's open API"},
	{SeedDevices, "the description of the device platform's interface"},
	{SeedConnectors, "the description of the connector management API"},
	{CloudDocs, "the reference of the cloud API, product tcb: cloud.tencent.com/document/api/876"},
	{SDKModels, "the typed and commented models of the vendor's SDK: npm tencentcloud-sdk-nodejs 4.1.313, tcb_models.d.ts"},
	{SDKRelease159, "the SDK's changelog, tcb release 159 of 2026-08-25"},
	{ToolsGuide, "the guide of CloudBase's own tools for agents: TencentCloudBase/CloudBase-AI-Toolkit, cc44e092"},
	{OfficialExamples, "the examples of the vendor's command line, tccli, for tcb"},
	{DevicesUI, "the user interface of the device platform's family: jetlinks-v2/authentication-manager-ui, 6a83ae8d"},
	{Itself, "authsync's own: a limit that the service does not have"},
}
