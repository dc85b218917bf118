// Package base has what `pulumi` names of JSON schemas.
package base

import (
	"errors"

	"go.yaml.in/yaml/v4"

	"github.com/pb33f/libopenapi/orderedmap"
)

// A Schema describes a value.
type Schema struct {
	AdditionalProperties, Items  *DynamicValue
	AllOf, AnyOf, OneOf          []*SchemaProxy
	Default                      *yaml.Node
	Description, Format, Pattern string
	Discriminator                *Discriminator
	Enum                         []*yaml.Node
	Extensions                   *orderedmap.Map[string, *yaml.Node]
	MaxLength, MinLength         *int64
	Maximum, Minimum, MultipleOf *float64
	Nullable, ReadOnly           *bool
	Properties                   *orderedmap.Map[string, *SchemaProxy]
	Required, Type               []string
}

// A Low is a schema as it was written.
type Low struct{}

// GoLow returns nothing.
func (*Schema) GoLow() *Low { return nil }

// Hash returns nothing.
func (*Low) Hash() uint64 { return 0 }

// MarshalJSONInline always fails.
func (*Schema) MarshalJSONInline() ([]byte, error) {
	return nil, errors.New("this build of pulumi can't write JSON schemas")
}

// A SchemaProxy stands for a schema.
type SchemaProxy struct{ schema *Schema }

// CreateSchemaProxy returns what stands for a schema.
func CreateSchemaProxy(schema *Schema) *SchemaProxy { return &SchemaProxy{schema} }

// Schema returns the schema.
func (p *SchemaProxy) Schema() *Schema { return p.schema }

// A DynamicValue is a schema.
type DynamicValue struct{ A *SchemaProxy }

// IsA tells that it's a schema.
func (*DynamicValue) IsA() bool { return true }

// A Discriminator tells one of several schemas by a property's value.
type Discriminator struct {
	PropertyName string
	Mapping      *orderedmap.Map[string, string]
}
