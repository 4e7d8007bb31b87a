package misp

//go:generate go run ../../internal/gen/misp

// A Template describes the attributes of a kind of object: one of the templates of
// misp-objects.
type Template struct {
	Name          string
	UUID          UUID
	Version       int
	MetaCategory  string
	Description   string
	Required      []string // relations that an object must have
	RequiredOneOf []string // relations of which an object must have at least one
	Relations     []Relation
}

// A Relation is a field of a template.
type Relation struct {
	Name     string
	Type     Type
	Category Category // "": the type's default
	Multiple bool     // an object may have several values

	// DisableCorrelation excludes the values from correlation.
	DisableCorrelation bool
}

// Relation returns the relation called name.
func (t *Template) Relation(name string) (Relation, bool) {
	for i := range t.Relations {
		if t.Relations[i].Name == name {
			return t.Relations[i], true
		}
	}
	return Relation{}, false
}

func (r Relation) category() Category {
	if r.Category != "" {
		return r.Category
	}
	return r.Type.Category()
}

// isContext reports whether values of the relation, like "tcp" and "1500", would
// correlate unrelated events.
func (r Relation) isContext() bool {
	switch r.Type {
	case Text, Other, Comment, Counter, SizeInBytes, Float, Boolean, Port, MIMEType, HTTPMethod:
		return true
	}
	return r.DisableCorrelation
}

// templateUUID is ParseUUID for templates.go, whose UUIDs are valid.
func templateUUID(s string) UUID {
	u, err := ParseUUID(s)
	if err != nil {
		panic(err)
	}
	return u
}
