package schema

// Weight estimates the bytes of memory of a value. Small values take more than their
// text: an object with one field takes some hundreds of bytes.
func Weight(v Value) int {
	const cell, table, field = 48, 320, 64
	total := 0
	Visit(v, nil, func(at Path, part Value) bool {
		total += cell
		if len(at) > 0 {
			total += len(at[len(at)-1])
		}
		switch part := part.(type) {
		case Text:
			total += len(part)
		case Number:
			total += len(part)
		case Object:
			total += table + field*len(part)
		}
		return true
	})
	return total
}
