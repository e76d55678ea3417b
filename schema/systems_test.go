package schema

import "testing"

// Each setting that a system's row names is a setting of it; one system is
// shared, and tells its tenants apart by a setting that is never left out.
func TestSystemsNameSettingsTheyHave(t *testing.T) {
	shared := 0
	for _, s := range Systems {
		for _, name := range []string{s.Remote, s.Tenant} {
			if name == "" {
				continue
			}
			if f := s.Type.Field(name); f == nil || f.Need != Required {
				t.Errorf("%s.%s is no setting that every manifest has", s.Name, name)
			}
		}
		if s.Tenant != "" {
			shared++
		}
	}
	if shared != 1 {
		t.Errorf("%d systems have tenants; Shared and Environment.ID know of one", shared)
	}
}
