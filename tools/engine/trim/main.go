// Trim copies libraries without the declarations that programs never reach, so that they compile in a
// fraction of the time. tools/engine_go.py runs it before it builds the engine: of the 740,000 lines of the
// alicloud provider, and of the two million of Alibaba Cloud's SDK, a dozen resources need some 20,000. The
// linker would leave out the same, but only once all of it is compiled.
//
//	trim -to FOLDER -programs PROGRAM,... LIBRARY...
//
// A library is an import path; the packages below it belong to it. FOLDER gets a copy of each module that a
// library is in, whose other packages stay as they are, and a go.mod and go.sum with which the programs are
// built from those copies: `go build -modfile FOLDER/go.mod PROGRAM`.
//
// A declaration is reached if a reached one, or a package that imports a library, mentions its name, whatever
// the name means there; a method, if an interface anywhere has it. That keeps a little more than needed and
// needs no types. What is left out wrongly is a compiler's error.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	to := flag.String("to", "", "the folder to write")
	programs := flag.String("programs", "", "import paths of the programs, separated by commas")
	flag.Parse()
	if *to == "" || *programs == "" || flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: trim -to FOLDER -programs PROGRAM,... LIBRARY...")
		os.Exit(2)
	}
	if err := trim(*to, strings.Split(*programs, ","), flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "trim:", err)
		os.Exit(1)
	}
}

func trim(to string, programs, libraries []string) error {
	packages, err := listPackages(programs)
	if err != nil {
		return err
	}
	code, err := read(packages, libraries)
	if err != nil {
		return err
	}
	code.reachAll()
	copied := map[string]*goModule{}
	for _, each := range packages {
		if isBelow(each.ImportPath, libraries) {
			copied[each.Module.Path] = each.Module
		}
	}
	for _, each := range packages {
		if each.Module == nil || copied[each.Module.Path] == nil {
			continue
		}
		if err := writePackage(to, each, code); err != nil {
			return err
		}
	}
	return writeModules(to, copied)
}

// A goPackage is what `go list -json` says of a package.
type goPackage struct {
	ImportPath, Name, Dir               string
	GoFiles, EmbedFiles, SFiles, HFiles []string
	Imports                             []string
	Module                              *goModule
}

type goModule struct {
	Path, Dir, GoMod string
}

func listPackages(programs []string) ([]*goPackage, error) {
	fields := "-json=ImportPath,Name,Dir,GoFiles,EmbedFiles,SFiles,HFiles,Imports,Module"
	list := exec.Command("go", append([]string{"list", "-deps", fields}, programs...)...)
	list.Stderr = os.Stderr
	said, err := list.Output()
	if err != nil {
		return nil, err
	}
	var packages []*goPackage
	for decoder := json.NewDecoder(bytes.NewReader(said)); ; {
		one := &goPackage{}
		if err := decoder.Decode(one); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, err
		}
		packages = append(packages, one)
	}
}

func isBelow(importPath string, libraries []string) bool {
	return slices.ContainsFunc(libraries, func(library string) bool {
		return importPath == library || strings.HasPrefix(importPath, library+"/")
	})
}

// folder gives where a module's copy is.
func (m *goModule) folder(to string) string {
	return filepath.Join(to, strings.ReplaceAll(m.Path, "/", "-"))
}

// writePackage copies a package, trimmed if it's a library's.
func writePackage(to string, each *goPackage, code *code) error {
	below, err := filepath.Rel(each.Module.Dir, each.Dir)
	if err != nil {
		return err
	}
	folder := filepath.Join(each.Module.folder(to), below)
	for _, name := range slices.Concat(each.GoFiles, each.EmbedFiles, each.SFiles, each.HFiles) {
		source := filepath.Join(each.Dir, name)
		text, err := os.ReadFile(source)
		if file := code.trimmed[source]; file != nil {
			text, err = code.print(file)
		}
		if err != nil {
			return err
		}
		if err := write(filepath.Join(folder, name), text); err != nil {
			return err
		}
	}
	return nil
}

// writeModules writes the copies' go.mod files, and those that the programs are built with.
func writeModules(to string, copied map[string]*goModule) error {
	own, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return err
	}
	file := strings.TrimSpace(string(own))
	pins, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	sums, err := os.ReadFile(strings.TrimSuffix(file, ".mod") + ".sum")
	if err != nil {
		return err
	}
	text := bytes.NewBuffer(pins)
	for _, module := range copied {
		fmt.Fprintf(text, "\nreplace %s => %s\n", module.Path, module.folder(to))
		its, err := os.ReadFile(module.GoMod)
		if err != nil {
			return err
		}
		if err := write(filepath.Join(module.folder(to), "go.mod"), its); err != nil {
			return err
		}
	}
	return errors.Join(write(filepath.Join(to, "go.mod"), text.Bytes()), write(filepath.Join(to, "go.sum"), sums))
}

func write(file string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}
