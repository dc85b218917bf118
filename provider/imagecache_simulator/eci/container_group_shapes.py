"""What DescribeContainerGroups shows back of CreateContainerGroup's parameters, and under which names.

`container_group_requests` reads by these tables; one more parameter is one more line. Source:
spec/eci-container-group.md (the names of alibabacloud-eci20180808 2.1.0).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from imagecache_simulator.wire import Parameters

LARGEST_RESOURCE = 100_000
_LARGEST = 2**31 - 1

Read = Callable[[Parameters, str], Any]
# Name in the request -> name in the answer, and how it's read. A point leads into an object.
Shape = Mapping[str, tuple[str, Read]]


def read_shape(parameters: Parameters, shape: Shape) -> dict[str, Any]:
    """Return those parameters of a shape that a call names, as they're shown.

    Raises:
        InvalidParameterError: a number or truth value isn't one.
    """
    shown: dict[str, Any] = {}
    for name, (place, read) in shape.items():
        if parameters.names(name):
            *outer, last = place.split(".")
            inside = shown
            for each in outer:
                inside = inside.setdefault(each, {})
            inside[last] = read(parameters, name)
    return shown


def whole_number(parameters: Parameters, name: str) -> int | None:
    """Read a whole number of any size that the wire's types allow."""
    return parameters.integer(name, -_LARGEST, _LARGEST)


def number(parameters: Parameters, name: str) -> float | None:
    """Read a number of vCPUs, GiB or money."""
    return parameters.number(name, 0, LARGEST_RESOURCE)


def objects_of(shape: Shape) -> Read:
    """Return how a list of objects is read, each by a shape."""
    return lambda parameters, name: [read_shape(each, shape) for each in parameters.objects(name)]


TEXT = Parameters.text
TEXTS = Parameters.texts
BOOLEAN = Parameters.boolean
_NAME_AND_VALUE: Shape = {"Name": ("Name", TEXT), "Value": ("Value", TEXT)}
_SYSCTLS = objects_of(_NAME_AND_VALUE)


def _probe(name: str) -> Shape:
    return {
        f"{name}.Exec.Command": (f"{name}.Execs", TEXTS),
        f"{name}.HttpGet.Path": (f"{name}.HttpGet.Path", TEXT),
        f"{name}.HttpGet.Port": (f"{name}.HttpGet.Port", whole_number),
        f"{name}.HttpGet.Scheme": (f"{name}.HttpGet.Scheme", TEXT),
        f"{name}.TcpSocket.Port": (f"{name}.TcpSocket.Port", whole_number),
        f"{name}.FailureThreshold": (f"{name}.FailureThreshold", whole_number),
        f"{name}.InitialDelaySeconds": (f"{name}.InitialDelaySeconds", whole_number),
        f"{name}.PeriodSeconds": (f"{name}.PeriodSeconds", whole_number),
        f"{name}.SuccessThreshold": (f"{name}.SuccessThreshold", whole_number),
        f"{name}.TimeoutSeconds": (f"{name}.TimeoutSeconds", whole_number),
    }


_VOLUME_MOUNT: Shape = {
    "MountPath": ("MountPath", TEXT),
    "MountPropagation": ("MountPropagation", TEXT),
    "Name": ("Name", TEXT),
    "ReadOnly": ("ReadOnly", BOOLEAN),
}

_EVERY_CONTAINER: Shape = {
    "Arg": ("Args", TEXTS),
    "Cpu": ("Cpu", number),
    "Memory": ("Memory", number),
    "Gpu": ("Gpu", whole_number),
    "WorkingDir": ("WorkingDir", TEXT),
    "EnvironmentVar": (
        "EnvironmentVars",
        objects_of(
            {
                "Key": ("Key", TEXT),
                "Value": ("Value", TEXT),
                "FieldRef.FieldPath": ("ValueFrom.FieldRef.FieldPath", TEXT),
            }
        ),
    ),
    "Port": ("Ports", objects_of({"Port": ("Port", whole_number), "Protocol": ("Protocol", TEXT)})),
    "VolumeMount": ("VolumeMounts", objects_of(_VOLUME_MOUNT)),
    "SecurityContext.Capability.Add": ("SecurityContext.Capability.Adds", TEXTS),
    "SecurityContext.ReadOnlyRootFilesystem": ("SecurityContext.ReadOnlyRootFilesystem", BOOLEAN),
    "SecurityContext.RunAsUser": ("SecurityContext.RunAsUser", whole_number),
}

CONTAINER: Shape = {
    **_EVERY_CONTAINER,
    "Command": ("Commands", TEXTS),
    # The SDK shows it of containers only, not of init containers.
    "VolumeMount": ("VolumeMounts", objects_of({**_VOLUME_MOUNT, "SubPath": ("SubPath", TEXT)})),
    "Stdin": ("Stdin", BOOLEAN),
    "StdinOnce": ("StdinOnce", BOOLEAN),
    "Tty": ("Tty", BOOLEAN),
    **_probe("LivenessProbe"),
    **_probe("ReadinessProbe"),
}

INIT_CONTAINER: Shape = {**_EVERY_CONTAINER, "Command": ("Command", TEXTS)}

_VOLUME: Shape = {
    "Name": ("Name", TEXT),
    "Type": ("Type", TEXT),
    "ConfigFileVolume.ConfigFileToPath": (
        "ConfigFileVolumeConfigFileToPaths",
        objects_of({"Content": ("Content", TEXT), "Path": ("Path", TEXT)}),
    ),
    "DiskVolume.DiskId": ("DiskVolumeDiskId", TEXT),
    "DiskVolume.FsType": ("DiskVolumeFsType", TEXT),
    "EmptyDirVolume.Medium": ("EmptyDirVolumeMedium", TEXT),
    "EmptyDirVolume.SizeLimit": ("EmptyDirVolumeSizeLimit", TEXT),
    "FlexVolume.Driver": ("FlexVolumeDriver", TEXT),
    "FlexVolume.FsType": ("FlexVolumeFsType", TEXT),
    "FlexVolume.Options": ("FlexVolumeOptions", TEXT),
    "NFSVolume.Path": ("NFSVolumePath", TEXT),
    "NFSVolume.ReadOnly": ("NFSVolumeReadOnly", BOOLEAN),
    "NFSVolume.Server": ("NFSVolumeServer", TEXT),
}

GROUP: Shape = {
    "DnsConfig.NameServer": ("DnsConfig.NameServers", TEXTS),
    "DnsConfig.Option": ("DnsConfig.Options", objects_of(_NAME_AND_VALUE)),
    "DnsConfig.Search": ("DnsConfig.Searches", TEXTS),
    # The SDK's name, that of the alicloud plugin, and the one for unsafe settings.
    "SecurityContext.Sysctl": ("EciSecurityContext.Sysctls", _SYSCTLS),
    "EciSecurityContext.Sysctl": ("EciSecurityContext.Sysctls", _SYSCTLS),
    "HostSecurityContext.Sysctl": ("EciSecurityContext.Sysctls", _SYSCTLS),
    "HostAliase": (
        "HostAliases",
        objects_of({"Hostname": ("Hostnames", TEXTS), "Ip": ("Ip", TEXT)}),
    ),
    "InstanceType": ("InstanceType", TEXT),
    "RamRoleName": ("RamRoleName", TEXT),
    "SpotStrategy": ("SpotStrategy", TEXT),
    "SpotPriceLimit": ("SpotPriceLimit", number),
    "Volume": ("Volumes", objects_of(_VOLUME)),
}
