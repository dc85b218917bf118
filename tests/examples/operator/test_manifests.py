"""The manifests of examples/gitops/operator against the schema of the Pulumi Kubernetes Operator.

The schema is the operator's own, out of its Go module, which go.mod here pins and go.sum verifies: it isn't
copied. It's that of operator 1.16, the last module that the Go proxy serves where this project is developed.
What version 2 added to a Stack and we use is SECOND_VERSION, out of that version's Go types; a Program is the
same in both. To hold the manifests against the schema of an operator of yours, write its CRDs into a folder,

    kubectl get crd stacks.pulumi.com -o yaml > crds/stacks.yaml
    kubectl get crd programs.pulumi.com -o yaml > crds/programs.yaml

and run this with OPERATOR_CRDS=crds; or ask the cluster: `kubectl apply --dry-run=server -f …`.
"""

from __future__ import annotations

import copy
import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from engine_toolchain import go_environment, go_program

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
OPERATOR = ROOT / "examples" / "gitops" / "operator"
MODULE = "github.com/pulumi/pulumi-kubernetes-operator"

_STRING = {"type": "string"}
_STRINGS = {"type": "object", "additionalProperties": _STRING}
_QUANTITIES = {"type": "object", "additionalProperties": {"type": ["string", "integer"]}}
# operator/api/pulumi/shared/stack_types.go and operator/api/auto/v1alpha1/workspace_types.go of version 2.
SECOND_VERSION: dict[str, Any] = {
    "serviceAccountName": _STRING,
    "workspaceTemplate": {
        "type": "object",
        "properties": {
            "metadata": {"type": "object", "properties": {"labels": _STRINGS, "annotations": _STRINGS}},
            "spec": {
                "type": "object",
                "properties": {
                    "image": _STRING,
                    "imagePullPolicy": _STRING,
                    "securityProfile": {"enum": ["baseline", "restricted"]},
                    "serviceAccountName": _STRING,
                    "resources": {
                        "type": "object",
                        "properties": {"requests": _QUANTITIES, "limits": _QUANTITIES},
                    },
                    "podTemplate": {
                        "type": "object",
                        "properties": {
                            "metadata": {
                                "type": "object",
                                "properties": {"labels": _STRINGS, "annotations": _STRINGS},
                            },
                            # Of a PodSpec, what we use.
                            "spec": {
                                "type": "object",
                                "properties": {"terminationGracePeriodSeconds": {"type": "integer"}},
                            },
                        },
                    },
                },
            },
        },
    },
}

Schemas = dict[str, dict[str, Any]]


def documents() -> Iterator[dict[str, Any]]:
    """Give every document of the manifests."""
    for file in sorted(OPERATOR.glob("*.yaml")):
        yield from yaml.safe_load_all(file.read_text())


def of_kind(kind: str) -> list[dict[str, Any]]:
    """Give the manifests of a kind."""
    return [document for document in documents() if document["kind"] == kind]


@pytest.fixture(scope="session")
def schemas() -> Schemas:
    """What a Stack and a Program may be, by their kind; fields that aren't named are refused."""
    given = os.environ.get("OPERATOR_CRDS")
    found: Schemas = {}
    for file in sorted((Path(given) if given else _module() / "deploy" / "crds").glob("*.yaml")):
        for crd in filter(None, yaml.safe_load_all(file.read_text())):
            (version,) = [each for each in crd["spec"]["versions"] if each["name"] == "v1"]
            found[crd["spec"]["names"]["kind"]] = version["schema"]["openAPIV3Schema"]
    if not given:
        found["Stack"]["properties"]["spec"]["properties"].update(copy.deepcopy(SECOND_VERSION))
    return {kind: strict(schema) for kind, schema in found.items()}


def _module() -> Path:
    """Fetch the operator's module, and give its folder."""
    done = subprocess.run(
        [str(go_program(os.environ, print)), "mod", "download", "-json", MODULE],
        cwd=HERE,
        env=go_environment(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    return Path(json.loads(done.stdout)["Dir"])


def strict(schema: Any) -> Any:
    """Make a structural schema refuse what the cluster would silently drop."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: strict(value) for key, value in schema.items()}
    known = isinstance(schema.get("properties"), dict) and schema.get("type") == "object"
    if known and "additionalProperties" not in made and "x-kubernetes-preserve-unknown-fields" not in made:
        made["additionalProperties"] = False
    return made


def errors(schemas: Schemas, document: Mapping[str, Any]) -> list[str]:
    """Say what the schema has against a manifest, by its path."""
    validator = jsonschema.Draft202012Validator(schemas[document["kind"]])
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def test_manifests_fit_the_schema(schemas: Schemas) -> None:
    """Every Stack and Program is one that the operator takes, and has no field that it would drop."""
    ours = [document for document in documents() if document["kind"] in schemas]
    assert [each["metadata"]["name"] for each in ours] == [
        "image-caches",
        "cn-hangzhou",
        "cn-beijing",
        "cn-shanghai",
    ]
    assert [error for each in ours for error in errors(schemas, each)] == []


@pytest.mark.parametrize(
    ("kind", "path", "value", "said"),
    [
        ("Stack", "spec.refrehs", True, "'refrehs' was unexpected"),
        ("Stack", "spec.resyncFrequencySeconds", "3600", "'3600' is not of type 'integer'"),
        ("Stack", "spec.programRef", {}, "'name' is a required property"),
        (
            "Stack",
            "spec.envRefs.PULUMI_ACCESS_TOKEN.secret",
            {"name": "pulumi"},
            "'key' is a required property",
        ),
        ("Stack", "spec.workspaceTemplate.spec.images", "a", "'images' was unexpected"),
        ("Program", "program.resources.web.propertys", {}, "'propertys' was unexpected"),
        ("Program", "program.resources.web.options", {"retain": True}, "'retain' was unexpected"),
        ("Program", "spec", {}, "'spec' was unexpected"),
    ],
)
def test_schema_bites(schemas: Schemas, kind: str, path: str, value: Any, said: str) -> None:
    """A manifest with a mistake in it is refused."""
    document = copy.deepcopy(of_kind(kind)[0])
    *folders, last = path.split(".")
    place = document
    for folder in folders:
        place = place[folder]
    place[last] = value
    (error,) = errors(schemas, document)
    assert said in error


def test_manifests_fit_each_other() -> None:
    """Each Stack's program, service account and image are there, and the account may ask who calls it."""
    programs = {_place(program) for program in of_kind("Program")}
    accounts = {_place(account) for account in of_kind("ServiceAccount")}
    trusted = {
        (subject["namespace"], subject["name"])
        for binding in of_kind("ClusterRoleBinding")
        for subject in binding["subjects"]
        if binding["roleRef"]["name"] == "system:auth-delegator"
    }
    (built,) = re.findall(r"-t (\S+)", (OPERATOR / "Containerfile").read_text())
    for stack in of_kind("Stack"):
        namespace, spec = stack["metadata"]["namespace"], stack["spec"]
        assert (namespace, spec["serviceAccountName"]) in accounts & trusted
        assert "projectRepo" in spec or (namespace, spec["programRef"]["name"]) in programs
        assert spec["workspaceTemplate"]["spec"]["image"] == built


def _place(document: Mapping[str, Any]) -> tuple[str, str]:
    return document["metadata"]["namespace"], document["metadata"]["name"]
