package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Names that are called without a mention or an interface: by Go itself.
var alwaysReached = []string{"_", "init"}

// code is what may be left out, and what of it is reached.
type code struct {
	positions    *token.FileSet
	packageNames map[string]string // by import path
	trimmed      map[string]*ast.File
	declarations []*declaration
	byNode       map[ast.Node]*declaration
	reached      map[string]bool // names
	texts        map[string]bool // of the packages that import a library, as they're written
	positional   map[string]bool // types whose values are written without the names of fields
}

// A declaration is a function, a method, a type, an unexported field, a variable, or a block of constants.
type declaration struct {
	names    []string
	receiver string
	node     ast.Node
	kept     bool
}

// read parses all packages, as many at once as there are processors.
func read(packages []*goPackage, libraries []string) (*code, error) {
	code := &code{
		positions:    token.NewFileSet(),
		packageNames: map[string]string{},
		trimmed:      map[string]*ast.File{},
		byNode:       map[ast.Node]*declaration{},
		reached:      map[string]bool{},
		texts:        map[string]bool{},
		positional:   map[string]bool{},
	}
	for _, name := range alwaysReached {
		code.reached[name] = true
	}
	isALibrary := func(path string) bool { return isBelow(path, libraries) }
	parsed := make([][]*ast.File, len(packages))
	failed := make([]error, len(packages))
	var work sync.WaitGroup
	for index, each := range packages {
		code.packageNames[each.ImportPath] = each.Name
		work.Go(func() { parsed[index], failed[index] = code.parse(each) })
	}
	work.Wait()
	for index, each := range packages {
		if failed[index] != nil {
			return nil, failed[index]
		}
		for number, file := range parsed[index] {
			switch {
			case isBelow(each.ImportPath, libraries) && !code.noteDirectives(file):
				code.note(filepath.Join(each.Dir, each.GoFiles[number]), file)
			case isBelow(each.ImportPath, libraries) || slices.ContainsFunc(each.Imports, isALibrary):
				code.mention(file)
				code.noteTexts(file)
			default:
				code.mentionInterfaces(file)
			}
		}
	}
	return code, nil
}

func (c *code) parse(each *goPackage) ([]*ast.File, error) {
	var files []*ast.File
	for _, name := range each.GoFiles {
		path := filepath.Join(each.Dir, name)
		file, err := parser.ParseFile(c.positions, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// noteDirectives tells whether a file links or embeds something by a comment: such a file stays as it is.
func (c *code) noteDirectives(file *ast.File) bool {
	stays := false
	for _, group := range file.Comments {
		for _, comment := range group.List {
			link, isLink := strings.CutPrefix(comment.Text, "//go:linkname ")
			stays = stays || isLink || strings.HasPrefix(comment.Text, "//go:embed ")
			if isLink {
				c.reached[link[strings.LastIndexAny(link, " .")+1:]] = true
			}
		}
	}
	return stays
}

// note takes in a file of which declarations may be left out.
func (c *code) note(path string, file *ast.File) {
	c.trimmed[path] = file
	for _, each := range file.Decls {
		for _, found := range declarationsOf(each) {
			c.add(found)
		}
	}
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.TypeSpec:
			c.noteFields(node)
		case *ast.CompositeLit:
			c.notePositional(node)
		}
		return true
	})
	c.mentionInterfaces(file)
}

func (c *code) add(found *declaration) {
	c.declarations = append(c.declarations, found)
	c.byNode[found.node] = found
}

func declarationsOf(declared ast.Decl) []*declaration {
	if function, isFunction := declared.(*ast.FuncDecl); isFunction {
		return []*declaration{{names: []string{function.Name.Name}, receiver: receiverOf(function), node: function}}
	}
	block := declared.(*ast.GenDecl)
	whole := &declaration{node: block}
	var found []*declaration
	for _, spec := range block.Specs {
		one := &declaration{node: spec}
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			one.names = []string{spec.Name.Name}
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				one.names = append(one.names, name.Name)
			}
		case *ast.ImportSpec:
			return nil
		}
		found = append(found, one)
		whole.names = append(whole.names, one.names...)
	}
	if block.Tok == token.CONST { // they may count, with iota
		return []*declaration{whole}
	}
	return found
}

func receiverOf(function *ast.FuncDecl) string {
	if function.Recv == nil {
		return ""
	}
	receiver := function.Recv.List[0].Type
	if pointer, isPointer := receiver.(*ast.StarExpr); isPointer {
		receiver = pointer.X
	}
	switch generic := receiver.(type) {
	case *ast.IndexExpr:
		receiver = generic.X
	case *ast.IndexListExpr:
		receiver = generic.X
	}
	return receiver.(*ast.Ident).Name
}

// noteFields notes the unexported fields of a type: nothing reads them but by their names.
func (c *code) noteFields(declared *ast.TypeSpec) {
	structure, isStruct := declared.Type.(*ast.StructType)
	if !isStruct {
		return
	}
	for _, field := range structure.Fields.List {
		if len(field.Names) == 1 && !field.Names[0].IsExported() {
			c.add(&declaration{names: []string{field.Names[0].Name}, receiver: declared.Name.Name, node: field})
		}
	}
}

// notePositional notes types whose fields must stay, as their values are written without the fields' names.
func (c *code) notePositional(value *ast.CompositeLit) {
	isPositional := func(element ast.Expr) bool {
		_, hasName := element.(*ast.KeyValueExpr)
		return !hasName
	}
	inner := func(element ast.Expr) bool {
		if pair, hasName := element.(*ast.KeyValueExpr); hasName {
			element = pair.Value
		}
		one, isValue := element.(*ast.CompositeLit)
		return isValue && one.Type == nil && slices.ContainsFunc(one.Elts, isPositional)
	}
	if value.Type != nil && (slices.ContainsFunc(value.Elts, isPositional) || slices.ContainsFunc(value.Elts, inner)) {
		ast.Inspect(value.Type, func(node ast.Node) bool {
			if name, isName := node.(*ast.Ident); isName {
				c.positional[name.Name] = true
			}
			return true
		})
	}
}

func (c *code) noteTexts(file *ast.File) {
	ast.Inspect(file, func(node ast.Node) bool {
		if text, isText := node.(*ast.BasicLit); isText && text.Kind == token.STRING {
			c.texts[text.Value] = true
		}
		return true
	})
}

// reachAll finds all that is reached, directly or not.
func (c *code) reachAll() {
	for _, file := range c.trimmed {
		c.dropLines(file)
	}
	for changed := true; changed; {
		changed = false
		for _, each := range c.declarations {
			if !each.kept && c.reaches(each) {
				each.kept, changed = true, true
				c.mentionIn(each)
			}
		}
	}
}

// dropLines takes the lines of other resources out of tables by resource: `"alicloud_vpc": resourceVpc()`.
func (c *code) dropLines(file *ast.File) {
	ast.Inspect(file, func(node ast.Node) bool {
		table, isTable := node.(*ast.CompositeLit)
		if !isTable {
			return true
		}
		table.Elts = slices.DeleteFunc(table.Elts, func(line ast.Expr) bool {
			pair, isPair := line.(*ast.KeyValueExpr)
			if !isPair {
				return false
			}
			key, isText := pair.Key.(*ast.BasicLit)
			call, isCall := pair.Value.(*ast.CallExpr)
			return isText && isCall && len(call.Args) == 0 &&
				strings.HasPrefix(key.Value, `"alicloud_`) && !c.texts[key.Value]
		})
		return true
	})
}

func (c *code) reaches(each *declaration) bool {
	isReached := func(name string) bool { return c.reached[name] }
	if _, isField := each.node.(*ast.Field); isField && c.positional[each.receiver] {
		return c.reached[each.receiver]
	}
	return slices.ContainsFunc(each.names, isReached) && (each.receiver == "" || c.reached[each.receiver])
}

// mentionIn notes the names in a reached declaration. A method doesn't reach the type that it's of.
func (c *code) mentionIn(each *declaration) {
	switch node := each.node.(type) {
	case *ast.FuncDecl:
		c.mention(node.Type)
		if node.Body != nil {
			c.mention(node.Body)
		}
	case *ast.Field:
		c.mention(node.Type)
	default:
		c.mention(node)
	}
}

// mention notes the names in a piece of code, but not in fields that are noted: who uses them reaches them.
func (c *code) mention(piece ast.Node) {
	ast.Inspect(piece, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.Field:
			return c.byNode[node] == nil
		case *ast.Ident:
			c.reached[node.Name] = true
		}
		return true
	})
}

// mentionInterfaces notes the methods that interfaces have: a type may have them for an interface's sake.
func (c *code) mentionInterfaces(file *ast.File) {
	ast.Inspect(file, func(node ast.Node) bool {
		if found, isInterface := node.(*ast.InterfaceType); isInterface {
			for _, method := range found.Methods.List {
				for _, name := range method.Names {
					c.reached[name.Name] = true
				}
			}
		}
		return true
	})
}
