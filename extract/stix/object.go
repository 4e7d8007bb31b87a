package stix

import (
	"reflect"
	"slices"
)

// An Object is a STIX object, or a property with properties of its own. The
// properties are in the order in which they are written.
type Object []Property

// A Property is a property of an Object. Value is a string, bool, int64, []string, or
// an Object.
type Property struct {
	Name  string
	Value any
}

// Get returns the value of a property, or nil if o does not have it.
func (o Object) Get(name string) any {
	for i := range o {
		if o[i].Name == name {
			return o[i].Value
		}
	}
	return nil
}

// Type returns the type of the object, for instance "ipv4-addr".
func (o Object) Type() string { return o.text("type") }

// ID returns the identifier of the object, for instance
// "ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd".
func (o Object) ID() string { return o.text("id") }

func (o Object) text(name string) string {
	s, _ := o.Get(name).(string)
	return s
}

// MarshalJSON returns the JSON form of the object.
func (o Object) MarshalJSON() ([]byte, error) { return appendObject(nil, o), nil }

// add appends a property unless its value is empty.
func (o *Object) add(name string, value any) {
	switch v := value.(type) {
	case string:
		if v == "" {
			return
		}
	case []string:
		if len(v) == 0 {
			return
		}
	case Object:
		if len(v) == 0 {
			return
		}
	}
	*o = append(*o, Property{name, value})
}

// agrees reports whether o and p have no different values of a property.
func (o Object) agrees(p Object) bool {
	return !slices.ContainsFunc(p, func(q Property) bool {
		v := o.Get(q.Name)
		return v != nil && !reflect.DeepEqual(v, q.Value)
	})
}

// merge adds the properties of p that o lacks.
func (o *Object) merge(p Object) {
	for _, property := range p {
		if o.Get(property.Name) == nil {
			*o = append(*o, property)
		}
	}
}
