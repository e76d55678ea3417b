package quirk

var openAPI []Quirk
