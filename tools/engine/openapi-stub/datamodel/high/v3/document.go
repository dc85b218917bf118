// Package v3 has what `pulumi` names of OpenAPI documents.
package v3

import (
	"go.yaml.in/yaml/v4"

	"github.com/pb33f/libopenapi/datamodel/high/base"
	"github.com/pb33f/libopenapi/orderedmap"
)

// A Document describes an API.
type Document struct {
	Components *Components
	Info       *Info
	Paths      *Paths
}

// Components are schemas by name.
type Components struct {
	Schemas *orderedmap.Map[string, *base.SchemaProxy]
}

// Info names a version.
type Info struct{ Version string }

// Paths are items by path.
type Paths struct {
	PathItems *orderedmap.Map[string, *PathItem]
}

// A PathItem has operations by method.
type PathItem struct {
	Get, Post, Put, Delete, Patch, Head *Operation
}

// An Operation is a method of a path.
type Operation struct {
	OperationId, Summary, Description string
	Tags                              []string
	Parameters                        []*Parameter
	RequestBody                       *RequestBody
	Responses                         *Responses
	Extensions                        *orderedmap.Map[string, *yaml.Node]
	Deprecated                        *bool
}

// A Parameter is one of an operation.
type Parameter struct {
	Name, In, Description string
	Required              *bool
	Schema                *base.SchemaProxy
}

// A RequestBody is content by its type.
type RequestBody struct {
	Content *orderedmap.Map[string, *MediaType]
}

// Responses are those by status, and the other one.
type Responses struct {
	Codes   *orderedmap.Map[string, *Response]
	Default *Response
}

// A Response is content by its type.
type Response struct {
	Description string
	Content     *orderedmap.Map[string, *MediaType]
}

// A MediaType has a schema.
type MediaType struct{ Schema *base.SchemaProxy }
