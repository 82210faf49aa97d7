"""The versions of this project's model in MLflow's registry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from housing_assets.errors import ExpectedError
from housing_assets.registry.tags import DIGEST_TAG
from housing_assets.tracking.mlflow_requests import request_limits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion

    from housing_assets.settings.operations import RegistrySettings
    from housing_assets.tracking.mlflow_server import MlflowServer


class UnknownVersionError(ExpectedError, LookupError):
    """The registry has no such version or alias."""


@dataclass(frozen=True)
class RegisteredVersion:
    """One version: ``digest`` is the SHA-256 of ``model.skops``, ``files`` the URI of its folder."""

    name: str
    version: int
    digest: str
    run_id: str
    files: str
    tags: Mapping[str, str]

    @property
    def uri(self) -> str:
        return f"models:/{self.name}/{self.version}"


@dataclass(frozen=True)
class ModelRegistry:
    """Looks up versions and moves aliases. Every method raises MlflowException if the registry does not answer.

    ``experiment`` is where the runs of registrations are, ``web_url`` where a person looks at a local registry.
    """

    server: MlflowServer
    settings: RegistrySettings
    experiment: str
    web_url: str

    @property
    def model_name(self) -> str:
        return self.settings.model_name

    def client(self) -> MlflowClient:
        with self.limits():
            return self.server.client()

    def limits(self) -> AbstractContextManager[None]:
        return request_limits(timeout_seconds=self.settings.timeout_seconds, retries=self.settings.retries)

    def version(self, reference: int | str) -> RegisteredVersion:
        """The version of that number or alias.

        Raises:
            UnknownVersionError: with the versions and aliases that there are.
        """
        number = str(reference)
        number = number if number.isdigit() else str(self.aliases().get(number, ""))
        for version in self.versions():
            if str(version.version) == number:
                return version
        known = ", ".join(str(version.version) for version in self.versions()) or "none"
        aliases = ", ".join(f"{alias} ({version})" for alias, version in sorted(self.aliases().items())) or "none"
        raise UnknownVersionError(
            f"{self.model_name} has no version or alias {reference!r}. Versions: {known}; aliases: {aliases}"
        )

    def versions(self, digest: str | None = None) -> list[RegisteredVersion]:
        """Every version, or every one of that content, oldest first."""
        query = f"name = '{self.model_name}'"
        if digest is not None:
            query += f" and tags.`{DIGEST_TAG}` = '{digest}'"
        client, found, token = self.client(), [], None
        with self.limits():
            while True:
                page = client.search_model_versions(query, page_token=token)
                found += [registered_version(version) for version in page]
                token = page.token
                if not token:
                    return sorted(found, key=lambda version: version.version)

    def aliases(self) -> dict[str, int]:
        """Each alias and the version that it names; empty before the first registration."""
        from mlflow.exceptions import MlflowException

        client = self.client()
        try:
            with self.limits():
                model = client.get_registered_model(self.model_name)
        except MlflowException as error:
            if error.error_code == "RESOURCE_DOES_NOT_EXIST":
                return {}
            raise
        return {alias: int(version) for alias, version in model.aliases.items()}

    def url(self, version: int) -> str:
        """Where a person looks at a version."""
        return f"{self.server.web_url(self.web_url)}/#/models/{self.model_name}/versions/{version}"

    def move_alias(self, alias: str, version: int) -> None:
        client = self.client()
        with self.limits():
            client.set_registered_model_alias(self.model_name, alias, str(version))


def registered_version(version: ModelVersion) -> RegisteredVersion:
    """MLflow's record as ours."""
    return RegisteredVersion(
        name=version.name,
        version=int(version.version),
        digest=version.tags.get(DIGEST_TAG, ""),
        run_id=version.run_id or "",
        files=version.source or "",
        tags=dict(version.tags),
    )
