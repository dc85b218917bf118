// Binds a package schema as Pulumi does, and writes the SDKs that Pulumi's own generators make of it.
// Built and run by tools/generate_sdks.py.
//
//	sdk schema.json                   fail if the schema binds with an error or a warning
//	sdk schema.json LANGUAGE FOLDER   the same, then write the SDK for python, nodejs or go into FOLDER
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

const tool = "pulumi-imagecache"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) != 1 && len(arguments) != 3 {
		return errors.New("usage: sdk schema.json [python|nodejs|go FOLDER]")
	}
	loader := schema.NewPluginLoader(nil) // the schema refers to no other package, so nothing is loaded
	bound, err := bind(arguments[0], loader)
	if err != nil || len(arguments) == 1 {
		return err
	}
	files, err := generate(arguments[1], bound, loader)
	if err != nil {
		return err
	}
	return write(files, arguments[2])
}

func bind(path string, loader schema.ReferenceLoader) (*schema.Package, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return nil, fmt.Errorf("%s is no package schema: %w", path, err)
	}
	bound, diagnostics, err := schema.BindSpec(spec, loader, schema.ValidationOptions{})
	if err != nil {
		return nil, err
	}
	if len(diagnostics) > 0 {
		return nil, fmt.Errorf("%s doesn't bind cleanly: %w", path, errors.Join(diagnostics.Errs()...))
	}
	return bound, nil
}

func generate(language string, bound *schema.Package, loader schema.ReferenceLoader) (map[string][]byte, error) {
	switch language {
	case "python":
		return python.GeneratePackage(tool, bound, nil, loader)
	case "nodejs":
		return nodejs.GeneratePackage(tool, bound, nil, nil, false, loader)
	case "go":
		return gogen.GeneratePackage(tool, bound, nil)
	default:
		return nil, fmt.Errorf("there is no generator for %q: python, nodejs or go", language)
	}
}

func write(files map[string][]byte, folder string) error {
	for name, text := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
