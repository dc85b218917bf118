//go:build never

// What the generated Go SDK imports: `go mod tidy` pins it here, and generate_sdks.py compiles the SDK with
// these pins.
package main

import (
	_ "github.com/blang/semver"
	_ "github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	_ "github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)
