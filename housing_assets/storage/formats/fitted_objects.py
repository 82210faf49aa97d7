"""Fitted scikit-learn objects as skops archives, equal for equal fits, and loaded only if of types that we trust."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from housing_assets.errors import ExpectedError
from housing_assets.storage.formats.archive_types import with_present_names
from housing_assets.storage.formats.skops_archive import canonical_archive
from housing_assets.storage.formats.trusted_types import TRUSTED_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable


class UntrustedTypesError(ExpectedError, TypeError):
    """An object is, or an archive holds objects, of types that are not on our list."""

    def __init__(self, types: Iterable[str]) -> None:
        super().__init__(
            f"types that are not trusted: {', '.join(sorted(types))}. If they are ours, name them in "
            "housing_assets/storage/formats/trusted_types.py; if they are not, do not load the file"
        )


def model_bytes(model: Any) -> bytes:
    """The archive of a fitted object, equal for equal fits whatever the process, its hash seed or thread count.

    Raises:
        UntrustedTypesError: the archive could not be loaded again.
    """
    import skops.io

    content = canonical_archive(skops.io.dumps(model))
    untrusted = set(skops.io.get_untrusted_types(data=content)) - TRUSTED_TYPES
    if untrusted:
        raise UntrustedTypesError(untrusted)
    return content


def model(content: bytes) -> Any:
    """The object of which ``model_bytes`` made ``content``, also where its classes had another place then.

    Raises:
        UntrustedTypesError: naming the types that are not trusted.
    """
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    content = with_present_names(content)
    try:
        return skops.io.loads(content, trusted=list(TRUSTED_TYPES))
    except UntrustedTypesFoundException as error:
        raise UntrustedTypesError(set(skops.io.get_untrusted_types(data=content)) - TRUSTED_TYPES) from error
