"""Routes that give prices: of the rows in a request, and of those in a file."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Annotated, Any

import pandas as pd
from fastapi import APIRouter, Query, Request, Response
from pydantic import TypeAdapter, ValidationError

from housing_assets.domain.data.reading.signatures import BINARY, PACKED
from housing_assets.serving.api.challenger import chosen
from housing_assets.serving.api.errors import OTHER_FILE, REFUSALS, FaultyRequestError, OtherFileError, json_answer
from housing_assets.serving.api.price_answers import answer, predictions_of, price, price_houses
from housing_assets.serving.api.schemas import Coverage, PredictAnswer, Which, predict_request
from housing_assets.serving.row_schema import RowFault, faults_of, predictors_of, table_faults

if TYPE_CHECKING:
    from housing_assets.serving.api.prometheus_metrics import Metrics
    from housing_assets.serving.api.state import ApiState
    from housing_assets.serving.log.answers import Priced
    from housing_assets.serving.served_model import ServedModel

FILE_TYPES = {"text/csv": {"schema": {"type": "string"}}, "application/x-ndjson": {"schema": {"type": "string"}}}

SHORT_BYTES = 1_500
"""Of a body: about six rows."""


def price_routes(state: ApiState, metrics: Metrics) -> APIRouter:
    """The routes below ``/api/v1/predict``."""
    routes = APIRouter(tags=["prices"], responses=REFUSALS)
    asked = TypeAdapter(predict_request(state.settings.maximum_rows))
    body = {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PredictRequest"}}},
    }

    @routes.post("/api/v1/predict", response_model=PredictAnswer, openapi_extra={"requestBody": body})
    async def predict(request: Request, model: Which | None = None) -> Response:
        """Prices of the block groups under ``instances``, with intervals, support and flags."""
        content, answering = await request.body(), await chosen(state, request, model)
        priced, content = await state.compute(answer_json, answering, asked, content, state, is_short=is_short(content))
        note_prices(request, priced, metrics)
        return json_answer(content)

    @routes.post(
        "/api/v1/predict/file",
        response_model=PredictAnswer,
        openapi_extra={"requestBody": {"required": True, "content": FILE_TYPES}},
        responses=OTHER_FILE,
    )
    async def predict_file(
        request: Request,
        coverage: Annotated[Coverage | None, Query(strict=False)] = None,
        model: Which | None = None,
    ) -> Response:
        """Prices of the rows of a file in the body: CSV with a header, or JSON lines; CSV for ``Accept: text/csv``.

        Other tables, such as Parquet, and packed files are for `housing predict FILE`.
        """
        content, share = await request.body(), coverage or state.coverage
        answering = await chosen(state, request, model)
        asks_csv = "text/csv" in request.headers.get("accept", "")
        priced, content = await state.compute(answer_file, answering, content, share, state, asks_csv)
        note_prices(request, priced, metrics)
        return Response(content, media_type="text/csv") if asks_csv else json_answer(content)

    return routes


def is_short(content: bytes) -> bool:
    """Whether a request is answered in a few milliseconds: of few rows, without explanations."""
    return len(content) <= SHORT_BYTES and b"explain" not in content


def note_prices(request: Request, priced: Priced, metrics: Metrics) -> None:
    """Count them, and leave them for the gate to log once they were sent."""
    metrics.count_prices(priced)
    request.state.priced = priced


def answer_json(model: ServedModel, asked: TypeAdapter[Any], content: bytes, state: ApiState) -> tuple[Priced, bytes]:
    """The prices, and the answer.

    Raises:
        FaultyRequestError: with every fault.
    """
    try:
        request = asked.validate_json(content)
    except ValidationError as error:
        raise FaultyRequestError(faults_of(error, "instances")) from None
    count, settings = len(request.instances), state.settings
    if request.explain and count > settings.explained_rows:
        text = f"{count} rows; at most {settings.explained_rows} are explained at once"
        raise FaultyRequestError([RowFault(-1, "explain", text)])
    priced = price_houses(model, request.instances, request.coverage or state.coverage)
    return priced, answer(priced, settings.training_rows if request.explain else 0, request.against)


def answer_file(
    model: ServedModel, content: bytes, coverage: float, state: ApiState, asks_csv: bool
) -> tuple[Priced, bytes]:
    """As ``answer_json``, of the rows of a file. Raises OtherFileError too."""
    if kind := kind_of_file(content):
        raise OtherFileError(kind)
    rows = table_in(content, state.settings.maximum_rows)
    if faults := table_faults(rows):
        raise FaultyRequestError(faults)
    priced = price(model, predictors_of(rows), coverage)
    return priced, csv_of(model, predictions_of(priced)) if asks_csv else answer(priced)


def kind_of_file(content: bytes) -> str:
    """What a file is that is known and not read here; empty for anything else."""
    kinds = {**BINARY, **PACKED}
    return next((name for name, matches in kinds.items() if matches(content)), "")


def table_in(content: bytes, maximum_rows: int) -> pd.DataFrame:
    """The rows of CSV or JSON lines: the first sign tells which.

    Raises:
        FaultyRequestError: it is neither, or has too many rows.
    """
    try:
        if content.lstrip()[:1] == b"{":
            rows = pd.DataFrame(records_in(content.decode("utf-8-sig")))
        else:
            rows = pd.read_csv(io.BytesIO(content), nrows=maximum_rows + 1)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise FaultyRequestError([RowFault(-1, "", f"is neither CSV with a header nor JSON lines: {error}")]) from None
    if len(rows) > maximum_rows:
        raise FaultyRequestError([RowFault(-1, "", f"has more than {maximum_rows} rows")])
    return rows.reset_index(drop=True)


def records_in(text: str) -> list[dict[str, Any]]:
    """One object a line. ``pandas.read_json`` would round, and guess at names of columns.

    Raises:
        ValueError: a line is no JSON, or no object.
    """
    records = [json.loads(line) for line in text.split("\n") if line.strip()]
    odd = next((number for number, record in enumerate(records) if not isinstance(record, dict)), None)
    if odd is not None:
        raise ValueError(f"row {odd} is no object of column names and values")
    return records


def csv_of(model: ServedModel, predictions: list[dict[str, Any]]) -> bytes:
    """One line a row: price, interval, support, flags and the version."""
    table = pd.DataFrame(
        [
            {
                "row": number,
                **{name: each[name] for name in ("price", "lower", "upper", "coverage")},
                **each["support"],
                "flags": " ".join(each["flags"]),
            }
            for number, each in enumerate(predictions)
        ]
    )
    described = model.described()
    return table.assign(version=described["version"], digest=described["digest"]).to_csv(index=False).encode()
