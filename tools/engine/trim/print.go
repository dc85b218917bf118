package main

import (
	"bytes"
	"go/ast"
	"go/printer"
	"go/token"
	"slices"
	"strings"
)

// print gives the text of what is kept of a file, without its comments.
func (c *code) print(file *ast.File) ([]byte, error) {
	file.Decls = slices.DeleteFunc(file.Decls, func(declared ast.Decl) bool {
		block, isBlock := declared.(*ast.GenDecl)
		if !isBlock || block.Tok == token.CONST {
			return !c.isKept(declared)
		}
		if block.Tok != token.IMPORT {
			block.Specs = slices.DeleteFunc(block.Specs, func(spec ast.Spec) bool { return !c.isKept(spec) })
		}
		return len(block.Specs) == 0
	})
	c.dropFields(file)
	c.dropImports(file)
	file.Comments = nil
	var text bytes.Buffer
	err := printer.Fprint(&text, c.positions, file)
	return text.Bytes(), err
}

func (c *code) isKept(node ast.Node) bool {
	each := c.byNode[node]
	return each != nil && each.kept
}

func (c *code) dropFields(file *ast.File) {
	ast.Inspect(file, func(node ast.Node) bool {
		if structure, isStruct := node.(*ast.StructType); isStruct {
			structure.Fields.List = slices.DeleteFunc(structure.Fields.List, func(field *ast.Field) bool {
				return c.byNode[field] != nil && !c.isKept(field)
			})
		}
		return true
	})
}

// dropImports takes out the imports that nothing uses any more.
func (c *code) dropImports(file *ast.File) {
	used := map[string]bool{"_": true, ".": true}
	ast.Inspect(file, func(node ast.Node) bool {
		if selector, isSelector := node.(*ast.SelectorExpr); isSelector {
			if name, isName := selector.X.(*ast.Ident); isName {
				used[name.Name] = true
			}
		}
		return true
	})
	file.Decls = slices.DeleteFunc(file.Decls, func(declared ast.Decl) bool {
		block, isBlock := declared.(*ast.GenDecl)
		if !isBlock || block.Tok != token.IMPORT {
			return false
		}
		block.Specs = slices.DeleteFunc(block.Specs, func(spec ast.Spec) bool {
			return !used[c.importName(spec.(*ast.ImportSpec))]
		})
		return len(block.Specs) == 0
	})
}

func (c *code) importName(imported *ast.ImportSpec) string {
	if imported.Name != nil {
		return imported.Name.Name
	}
	return c.packageNames[strings.Trim(imported.Path.Value, `"`)]
}
