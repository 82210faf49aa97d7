"""Fitted scikit-learn objects as skops archives, equal for equal fits, and loaded only if of types that are trusted.

An archive names the types that it wants constructed; the project's list, and never the archive, decides which are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from housing_assets.errors import ExpectedError
from housing_assets.storage.formats.archive_types import Places
from housing_assets.storage.formats.protocol import is_instance
from housing_assets.storage.formats.skops_archive import canonical_archive

if TYPE_CHECKING:
    from collections.abc import Iterable

MODEL = "skops"


class UntrustedTypesError(ExpectedError, TypeError):
    """An object is, or an archive holds objects, of types that the project does not trust."""

    def __init__(self, types: Iterable[str], trusted_in: str = "trusted of FittedObjects") -> None:
        super().__init__(
            f"types that are not trusted: {', '.join(sorted(types))}. If they are the project's, name them in "
            f"{trusted_in}; if they are not, do not load the file, and give an asset that has them an IO manager of "
            "its own (io_manager_key)"
        )


@dataclass(frozen=True)
class FittedObjects:
    """What derives from scikit-learn's ``BaseEstimator``.

    Attributes:
        trusted: dotted paths of the types that an archive may construct, beside those that skops trusts by itself:
            scikit-learn's public estimators and numpy's scalars.
        places: which classes are the project's, and where they are.
        trusted_in: where ``trusted`` is listed, for a message.
    """

    trusted: frozenset[str] = frozenset()
    places: Places = field(default_factory=Places)
    trusted_in: str = "trusted of FittedObjects, among the formats of the project"
    extension: str = MODEL

    def accepts(self, value: Any) -> bool:
        return is_instance(value, "sklearn.base.BaseEstimator")

    def serialise(self, value: Any) -> bytes:
        """The archive of a fitted object, equal for equal fits whatever the process, its hash seed or thread count.

        Raises:
            UntrustedTypesError: the archive could not be loaded again.
        """
        import skops.io

        content = canonical_archive(skops.io.dumps(value))
        if untrusted := self._untrusted(content):
            raise UntrustedTypesError(untrusted, self.trusted_in)
        return content

    def parse(self, content: bytes) -> Any:
        """The object of which ``serialise`` made ``content``, also where its classes had another place then.

        Raises:
            UntrustedTypesError: naming the types that are not trusted.
            BrokenTreeError: a decision tree that would read foreign memory, or never end.
        """
        import skops.io
        from skops.io.exceptions import UntrustedTypesFoundException

        from housing_assets.storage.formats.tree_structure import check_trees

        content = self.places.with_present_names(content)
        try:
            value = skops.io.loads(content, trusted=list(self.trusted))
        except UntrustedTypesFoundException as error:
            raise UntrustedTypesError(self._untrusted(content), self.trusted_in) from error
        check_trees(value)
        return value

    def types(self, content: bytes) -> tuple[str, ...]:
        return self.places.project_types(content)

    def _untrusted(self, content: bytes) -> set[str]:
        import skops.io

        return set(skops.io.get_untrusted_types(data=content)) - self.trusted
