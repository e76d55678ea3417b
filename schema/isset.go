package schema

// IsSet reports whether a list whose order means nothing stands at a path below an
// object.
func (k *Kind) IsSet(at Path) bool {
	_, is := k.typeAt(at).(SetOf)
	return is && len(at) > 0
}
