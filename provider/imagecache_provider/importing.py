"""The `pulumi import` that takes a resource of the cloud into a stack's state: nothing is built for it.

`orphans` and preflight tell users of it, where a state has lost a resource.
"""

from __future__ import annotations

import shlex


def import_id(id: str, region: str, home: str) -> str:
    """Give the ID that an import takes.

    Args:
        id: the resource's ID.
        region: its region.
        home: the provider's region, in which an ID alone is looked up.
    """
    return id if region in {"", home} else f"{region}/{id}"


def import_command(token: str, name: str, id: str, *options: str) -> str:
    """Write the command that imports a resource without a parent.

    Args:
        token: its Pulumi type.
        name: its name in the program.
        id: of `import_id`.
        options: further words of the command, such as `--stack`, `dev`.
    """
    words = ["pulumi", "import", *options, token, name, id, *IMPORT_OPTIONS]
    return " ".join(map(shlex.quote, words))


IMPORT_OPTIONS = ("--protect=false", "--generate-code=false")
"""The program is there already: it has what else `pulumi import` would set and write."""
