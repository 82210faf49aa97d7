"""The first process of every container: it sets what a command needs, then becomes that command.

``python -m housing_assets.deployment.entrypoint COMMAND...`` reads secrets from files, follows the container's share of
the processors, and lets any user id of its group change what it makes. It needs nothing but Python.
"""

from __future__ import annotations

import os
import sys

from housing_assets.deployment.cpu_quota import thread_limits
from housing_assets.deployment.secret_files import SecretFileError, secrets_of_files

USAGE = "usage: python -m housing_assets.deployment.entrypoint COMMAND [ARGUMENT...]"


def main(command: list[str]) -> None:
    """Become ``command``. Exits with 2 where it cannot be started as it was given."""
    if not command:
        sys.exit(USAGE)
    try:
        secrets = secrets_of_files(os.environ)
    except SecretFileError as error:
        print(f"housing: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    os.umask(0o002)  # containers of another user id share the volume
    os.environ.update({**thread_limits(), **os.environ, **secrets})
    try:
        os.execvp(command[0], command)  # noqa: S606  the container's own command
    except OSError as error:
        print(f"housing: {command[0]} cannot be started: {error.strerror}", file=sys.stderr)  # noqa: T201
        sys.exit(2)


if __name__ == "__main__":
    main(sys.argv[1:])
