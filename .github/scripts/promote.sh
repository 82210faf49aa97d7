#!/usr/bin/env bash
# Put $VERSION into production because of $WHY, and ask the API at $API_URL for it. If it does not name the version within
# $SECONDS_TO_ANSWER, go back to the one before: the ledger has both entries, and this ends with 1.
set -euo pipefail
housing=${HOUSING:-.venv/bin/housing}
"$housing" promote "$VERSION" --why "$WHY"
if "$housing" smoke-test "$API_URL" --seconds "${SECONDS_TO_ANSWER:-180}"; then
  exit 0
fi
"$housing" rollback --why "the API did not answer with version $VERSION"
exit 1
