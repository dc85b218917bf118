// Package libopenapi stands in for a module that takes a sixth of the engine's build. `pulumi` reads the
// description of Pulumi Cloud's API with it, for `pulumi api`, which nothing here calls: there is no Pulumi Cloud.
// So no document is ever read, and the packages below have just what `pulumi` names.
package libopenapi

import (
	"errors"

	"github.com/pb33f/libopenapi/datamodel/high/v3"
)

var errLeftOut = errors.New("this build of pulumi can't read OpenAPI documents")

// A Document is never there.
type Document struct{}

// A Model is never there.
type Model struct{ Model v3.Document }

// NewDocument always fails.
func NewDocument([]byte) (*Document, error) { return nil, errLeftOut }

// BuildV3Model always fails.
func (*Document) BuildV3Model() (*Model, error) { return nil, errLeftOut }
