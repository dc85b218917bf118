"""Sources of credentials: providers of the official package whose errors say which one, why and what to do.

`credentials` makes them; the package's client, and other sources, ask them for credentials.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from imagecache_provider.eci.credential_reasons import Reason, reason_of
from imagecache_provider.eci.profile import ProfileError, ProfileFile
from imagecache_provider.errors import ConfigurationError, redacted


class UnusableCredentialsError(ConfigurationError):
    """A source that gave no credentials; nothing was sent to the product that was to be called.

    Args:
        title: names the source.
        reason: why.
        remedy: what the user can do.
        passing: whether the same attempt may go through later.
    """

    def __init__(self, title: str, reason: str, remedy: str, *, passing: bool = False) -> None:
        self.text = f"{title}: {reason}"
        self.remedy = remedy
        self.passing = passing
        super().__init__(f"there are no usable credentials; {self.text}\n  what to do: {remedy}")


class Source:
    """A provider of the official package whose errors name it. Has the same methods.

    Args:
        title: names it.
        remedy: what a user can do about it; asked for when something is wrong.
        make: makes the official provider.
        local: whether it's on this machine, so that nobody answering is no passing trouble.
        secrets: gives the texts that its errors must not show.
        caller: the source whose credentials it asks with, if any.
    """

    def __init__(
        self,
        title: str,
        remedy: Callable[[], str],
        make: Callable[[], Any],
        *,
        local: bool = False,
        secrets: Callable[[], Sequence[str]] = tuple,
        caller: Source | Chain | None = None,
    ) -> None:
        self._title = title
        self.remedy = remedy
        self._caller = caller
        self._local = local
        self._secrets = secrets
        try:
            self.provider = make()
        except ConfigurationError:
            raise
        except Exception as error:  # noqa: BLE001 - what the package may raise is documented nowhere
            raise self._told(error) from None

    def get_credentials(self) -> Any:
        """Give credentials; UnusableCredentialsError if there are none."""
        try:
            return self.provider.get_credentials()
        except ConfigurationError:
            raise  # of a source that this one is built on
        except Exception as error:  # noqa: BLE001 - as above
            raise self._told(error) from None

    def get_provider_name(self) -> str:
        """Give the package's name of this kind of source."""
        return str(self.provider.get_provider_name())

    def _told(self, error: Exception) -> UnusableCredentialsError:
        if isinstance(error, ProfileError):
            reason = Reason(error.reason, remedy=error.remedy)
        else:
            reason = reason_of(error)
        source = self._caller if self._caller is not None and reason.of_caller else self
        return UnusableCredentialsError(
            self._title,
            redacted(reason.text, self._secrets()),
            reason.remedy or source.remedy(),
            passing=reason.passing and not self._local,
        )


class CheckedProfile:
    """A CLI profile, seen to be whole before the package uses it.

    Args:
        profiles: the CLI's file.
        name: of the profile.
        provider: the official one for it.
    """

    def __init__(self, profiles: ProfileFile, name: str, provider: Any) -> None:
        self._profiles = profiles
        self._name = name
        self.provider = provider
        self._seen = False

    def get_credentials(self) -> Any:
        """Give credentials; ProfileError if the profile lacks something."""
        if not self._seen:
            self._profiles.check(self._name)
            self._seen = True
        return self.provider.get_credentials()

    def get_provider_name(self) -> str:
        """Give the package's name of this kind of source."""
        return str(self.provider.get_provider_name())


class Chain:
    """The official chain's sources, the first one that gives credentials for good.

    Args:
        set_up: make the sources that somebody has set up, in their order.
        around: make those that may be there anyway, which are asked last and aren't told of.
        remedy: what a user can do where there is none.
    """

    def __init__(
        self,
        set_up: Sequence[Callable[[], Source]],
        around: Sequence[Callable[[], Source]],
        remedy: str,
    ) -> None:
        self._set_up = set_up
        self._around = around
        self._remedy = remedy
        self._found: Source | None = None

    def get_credentials(self) -> Any:
        """Give credentials; UnusableCredentialsError if no source has any."""
        if self._found is not None:
            return self._found.get_credentials()
        failures: list[UnusableCredentialsError] = []
        for make in (*self._set_up, *self._around):
            try:
                source = make()
                credentials = source.get_credentials()
            except UnusableCredentialsError as error:  # noqa: PERF203 - there are three
                failures.append(error)
            else:
                self._found = source
                return credentials
        raise self._none(failures[: len(self._set_up)])

    def remedy(self) -> str:
        """Say what a user can do about the credentials that it gave."""
        return self._found.remedy() if self._found is not None else self._remedy

    def _none(self, told: Sequence[UnusableCredentialsError]) -> UnusableCredentialsError:
        if len(told) == 1:
            return told[0]
        if told:
            texts = "\n  ".join(each.text for each in told)
            remedy, passing = told[0].remedy, any(each.passing for each in told)
            return UnusableCredentialsError("each source failed", f"\n  {texts}", remedy, passing=passing)
        return UnusableCredentialsError(
            "none are set", "neither in the configuration nor around it", self._remedy
        )

    @staticmethod
    def get_provider_name() -> str:
        """Give the package's name of the chain."""
        return "default"
