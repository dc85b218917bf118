"""tools/engine/trim: what a program reaches of a library is kept, the rest isn't even compiled."""

from __future__ import annotations

import os
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

import engine_pins
from engine_toolchain import go_environment, go_program

pytestmark = pytest.mark.timeout(300)  # a Go that isn't on the machine is installed first

LIBRARY = {
    "go.mod": "module example.org/lib\n\ngo 1.26.0\n",
    "lib.go": """
package lib

import (
	"fmt"
	"os"
	"strings"
)

type Pair struct{ left, right int }

type Client struct {
	used   int
	unused *Huge
}

type Huge struct{ Text string }

type Shape interface{ Area() int }

const (
	Zero = iota
	One
	Two
)

var table = map[string]func() string{}

func Table() map[string]string {
	return map[string]string{
		"alicloud_wanted": wanted(),
		"alicloud_other":  other(),
	}
}

func wanted() string { return strings.ToUpper("wanted") }
func other() string  { return os.Getenv("OTHER") }

func (p Pair) Area() int { return p.left * p.right }
func (p Pair) Never() int { return p.left }

func NewPair() Shape { return Pair{2, Two} }

func (c *Client) Use() string { c.used++; return fmt.Sprint(c.used) }
func (c *Client) Waste() string { return c.unused.Text }
func Wasteful() *Huge { return &Huge{} }
""",
    "unused/unused.go": "package unused\n\nfunc Nothing() {}\n",
    "text/text.go": """
package text

import _ "embed"

//go:embed text.txt
var Text string

func Stays() string { return Text }
""",
    "text/text.txt": "embedded",
}
PROGRAM = {
    "go.mod": "module example.org/program\n\ngo 1.26.0\n\nrequire example.org/lib v1.0.0\n",
    "main.go": """
package main

import (
	"fmt"

	"example.org/lib"
	"example.org/lib/text"
)

func main() {
	client := lib.Client{}
	fmt.Println(client.Use(), lib.NewPair().Area(), lib.Table()["alicloud_wanted"], text.Text)
}
""",
}
PRINTED = "1 4 WANTED embedded\n"


class Workplace:
    """A program, and the one module that it needs, where Go fetches modules from.

    Args:
        root: an empty folder.
    """

    def __init__(self, root: Path) -> None:
        self.go = str(go_program(os.environ, print))
        self.trimmed = root / "trimmed"
        self.folder = root / "program"
        published = root / "proxy" / "example.org" / "lib" / "@v"
        write(self.folder, PROGRAM)
        write(published, {"list": "v1.0.0\n", "v1.0.0.info": '{"Version":"v1.0.0"}'})
        (published / "v1.0.0.mod").write_text(LIBRARY["go.mod"])
        with zipfile.ZipFile(published / "v1.0.0.zip", "w") as archive:
            for name, text in LIBRARY.items():
                archive.writestr(f"example.org/lib@v1.0.0/{name}", text)
        self.environ = {
            **go_environment(os.environ),
            "GOPROXY": (root / "proxy").as_uri(),
            "GONOSUMDB": "*",
            "GOMODCACHE": str(root / "modules"),
            "GOFLAGS": "-mod=mod -modcacherw",
        }

    def run(self, *arguments: str) -> str:
        """Run Go in the program's folder; give what it printed."""
        command = [self.go, *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files into a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    """Return a workplace in which the library has been trimmed."""
    place = Workplace(tmp_path)
    assert place.run("run", ".") == PRINTED
    trim = tmp_path / "trim"
    subprocess.run(
        [place.go, "build", "-o", trim, "./trim"],
        cwd=engine_pins.MODULES,
        env=go_environment(os.environ),
        check=True,
    )
    command = [str(trim), "-to", str(place.trimmed), "-programs", "example.org/program", "example.org/lib"]
    path = f"{Path(place.go).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(command, cwd=place.folder, env={**place.environ, "PATH": path}, check=True)
    return place


def test_program_does_the_same(workplace: Workplace) -> None:
    """The program that is built from the copies prints what it did: embedded files, counted constants."""
    assert workplace.run("run", "-modfile", str(workplace.trimmed / "go.mod"), ".") == PRINTED


def test_what_is_not_reached_is_left_out(workplace: Workplace) -> None:
    """Functions, methods, types, fields, imports, lines of tables and packages go if nothing reaches them."""
    copy = workplace.trimmed / "example.org-lib"
    kept = (copy / "lib.go").read_text()
    declared = set(re.findall(r"^(?:func (?:\(.*?\) )?|type |var |\t)(\w+)", kept, re.MULTILINE))
    assert {"Pair", "Client", "Shape", "Table", "wanted", "NewPair", "Area", "Use", "used"} <= declared
    left_out = {"Huge", "Never", "Waste", "Wasteful", "other", "table", "unused"}
    assert declared & left_out == set()
    assert '"os"' not in kept
    assert '"alicloud_other"' not in kept
    assert not (copy / "unused").exists()


def test_file_with_directives_stays(workplace: Workplace) -> None:
    """A file that embeds something is copied as it is, with what it embeds."""
    copy = workplace.trimmed / "example.org-lib" / "text"
    assert (copy / "text.go").read_text() == LIBRARY["text/text.go"]
    assert (copy / "text.txt").read_text() == "embedded"
