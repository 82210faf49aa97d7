"""Random secrets for ``compose.yaml``: ``python -m housing_assets.deployment.random_secrets FOLDER``.

What is there stays, because volumes know the old ones. The folder is its owner's alone. Its files can be read by all,
because they are mounted into containers one by one, under user ids of their own.
"""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

HOST = "postgres"


def make_secrets(folder: Path) -> list[str]:
    """Make those that are missing in ``folder``; their names."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = [name for name in ("postgres_password", "api_key", "grafana_password") if write(folder / name, random())]
    password = (folder / "postgres_password").read_text(encoding="utf-8").strip()
    addresses = {"dagster_postgres_url": "dagster", "mlflow_backend_store_uri": "mlflow"}
    for name, database in addresses.items():
        if write(folder / name, f"postgresql://housing:{password}@{HOST}/{database}"):
            made.append(name)
    return made


def random() -> str:
    return secrets.token_urlsafe(32)


def write(file: Path, text: str) -> bool:
    """Whether the file was made: one that exists is left as it is."""
    if file.exists():
        return False
    file.write_text(f"{text}\n", encoding="utf-8")
    file.chmod(0o644)
    return True


if __name__ == "__main__":
    made = make_secrets(Path(sys.argv[1]))
    print(f"{sys.argv[1]}: {', '.join(made) if made else 'nothing was missing'}")  # noqa: T201
