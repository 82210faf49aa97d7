"""The request of the README, as curl sends it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

README = Path(__file__).parent.parent.parent.parent / "README.md"
CURL = re.compile(r"^curl 127\.0\.0\.1:8000(/api/v1/predict) -d '([^']*)'", re.MULTILINE)


def test_it_gets_a_price_and_what_drove_it(client: httpx.Client):
    (request,) = CURL.finditer(README.read_text(encoding="utf-8"))
    form = {"Content-Type": "application/x-www-form-urlencoded"}  # which is what curl says of -d
    answer = client.post(request[1], content=request[2], headers=form)
    assert answer.status_code == 200, answer.text
    (priced,) = answer.json()["predictions"]
    assert priced["lower"] <= priced["price"] <= priced["upper"]
    assert priced["explanation"]
