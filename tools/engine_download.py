"""Pulumi's own installer and its plugin download, for a machine whose network allows them.

build_engine.py calls reachable() once, and the other two only if it says yes. A failed download is no
error: the engine can still be built.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from pathlib import Path

from engine_cache import cache_folder, new_folder
from engine_environment import downloaded_plugin, downloaded_pulumi
from engine_pins import PLUGIN_VERSION, PULUMI

# What PulumiCommand.install fetches first, and where its script and the plugin's download go on to.
SITES = ("https://get.pulumi.com/install.sh", "https://github.com/pulumi/pulumi")
PATIENCE = 4.0
LONGEST_DOWNLOAD = 900  # seconds, for some 400 MB

# In a process of its own, as it has no time limit.
INSTALLER = "import sys; from pulumi.automation import PulumiCommand; PulumiCommand.install(root=sys.argv[1])"


class DownloadFailedError(Exception):
    """A download that was begun didn't end well; the message is the last that was heard of it."""


def reachable(open_site: Callable[[str, float], None] | None = None, patience: float = PATIENCE) -> bool:
    """Whether all SITES answer within `patience` seconds, asked once and all at the same time.

    Args:
        open_site: fetches an address within so many seconds, or raises OSError.
        patience: seconds. A look-up of a name may take longer than any time limit given to a connection,
            so the limit is kept here.
    """
    answers = [_ask(site, open_site or _open, patience) for site in SITES]
    done, late = wait(answers, timeout=patience)
    return not late and all(answer.exception() is None for answer in done)


def download_pulumi(environ: Mapping[str, str]) -> None:
    """Put the `pulumi` that the Python package asks for into the cache folder; needs the cache's lock.

    Raises:
        DownloadFailedError: it didn't work.
    """
    with new_folder(downloaded_pulumi(cache_folder(environ))) as root:
        _run([sys.executable, "-c", INSTALLER, str(root)], environ)


def download_plugin(pulumi: Path, environ: Mapping[str, str]) -> None:
    """Put the alicloud plugin into the cache folder, by the `pulumi` in that folder; needs the cache's lock.

    Raises:
        DownloadFailedError: it didn't work.
    """
    with new_folder(downloaded_plugin(cache_folder(environ))) as home:
        variables = {**environ, "PULUMI_HOME": str(home), "PULUMI_SKIP_UPDATE_CHECK": "1"}
        _run([str(pulumi / PULUMI), "plugin", "install", "resource", "alicloud", PLUGIN_VERSION], variables)


def _ask(site: str, open_site: Callable[[str, float], None], patience: float) -> Future[None]:
    answer: Future[None] = Future()

    def ask() -> None:
        try:
            open_site(site, patience)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the site isn't to be had
            answer.set_exception(error)
        else:
            answer.set_result(None)

    # A daemon: one that hangs in a look-up must not keep the process alive.
    threading.Thread(target=ask, daemon=True).start()
    return answer


def _open(site: str, patience: float) -> None:
    request = urllib.request.Request(site, method="HEAD")  # noqa: S310 - the addresses stand above
    with urllib.request.urlopen(request, timeout=patience):  # noqa: S310 - the same
        pass


def _run(command: list[str], variables: Mapping[str, str]) -> None:
    try:
        subprocess.run(
            command,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST_DOWNLOAD,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        lines = str(error.output).strip().splitlines() or ["it said nothing"]
        raise DownloadFailedError(lines[-1]) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DownloadFailedError(str(error)) from error
