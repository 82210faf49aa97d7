"""The routes of the Open Inference Protocol, by which existing clients of model servers ask.

A column of the rows is a tensor of shape (rows,) or (rows, 1): numbers as any numeric type, ``ocean_proximity`` as
BYTES. See https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import pandas as pd
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt, StrictStr, ValidationError
from starlette.exceptions import HTTPException

from housing_assets.domain.schema import CATEGORICAL, NUMERIC, PREDICTORS
from housing_assets.serving.api.errors import REFUSALS, FaultyRequestError, json_answer
from housing_assets.serving.api.price_answers import price
from housing_assets.serving.api.routes.prices import note_prices
from housing_assets.serving.api.schemas import Coverage, ErrorAnswer
from housing_assets.serving.row_schema import RowFault, predictors_of, table_faults

if TYPE_CHECKING:
    from housing_assets.serving.api.prometheus_metrics import Metrics
    from housing_assets.serving.api.state import ApiState
    from housing_assets.serving.log.answers import Priced
    from housing_assets.serving.served_model import ServedModel

OUTPUTS = ("price", "lower", "upper")
NumericType = Literal["FP64", "FP32", "FP16", "INT64", "INT32", "INT16", "INT8", "UINT64", "UINT32", "UINT16", "UINT8"]
Value = Annotated[StrictFloat, Field(allow_inf_nan=False)] | StrictInt | StrictStr | None
Answers: TypeAlias = dict[int | str, dict[str, Any]]
NotFound: Answers = {404: {"model": ErrorAnswer, "description": "Another model is served."}}
NotNow: Answers = {503: REFUSALS[503]}


class Tensor(BaseModel):
    """One column of the rows."""

    name: str
    shape: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1, max_length=2)]
    datatype: NumericType | Literal["BYTES"]
    data: list[Value | list[Value]]
    parameters: dict[str, Any] | None = None

    def values(self) -> list[Any]:
        return [item for part in self.data for item in (part if isinstance(part, list) else [part])]


class InferParameters(BaseModel):
    model_config = ConfigDict(extra="allow")

    coverage: Coverage | None = None


class InferRequest(BaseModel):
    """Rows as columns."""

    id: str | None = None
    inputs: list[Tensor]
    parameters: InferParameters | None = None
    outputs: list[dict[str, Any]] | None = None


class OutputTensor(BaseModel):
    name: str
    shape: list[int]
    datatype: str
    data: list[Any]


class InferAnswer(BaseModel):
    id: str | None = None
    model_name: str
    model_version: str
    outputs: list[OutputTensor]
    parameters: dict[str, Any]


class TensorDescription(BaseModel):
    name: str
    datatype: str
    shape: list[int]


class ModelMetadata(BaseModel):
    name: str
    versions: list[str]
    platform: str
    inputs: list[TensorDescription]
    outputs: list[TensorDescription]
    parameters: dict[str, Any]


def open_inference_routes(state: ApiState, metrics: Metrics) -> APIRouter:
    """The routes below ``/v2``."""
    routes = APIRouter(tags=["open inference protocol"], responses={401: REFUSALS[401]})
    routes.include_router(server_routes(state))
    for path in ("/v2/models/{name}", "/v2/models/{name}/versions/{version}"):
        routes.include_router(model_routes(state, path))
        routes.include_router(infer_routes(state, metrics, path))
    return routes


def server_routes(state: ApiState) -> APIRouter:
    """What a client asks of the server itself."""
    routes = APIRouter()

    @routes.get("/v2")
    async def metadata() -> dict[str, Any]:
        return {"name": "housing", "version": "1", "extensions": []}

    @routes.get("/v2/health/live")
    async def live() -> dict[str, bool]:
        return {"live": True}

    @routes.get("/v2/health/ready", responses=NotNow)
    async def ready() -> dict[str, bool]:
        return {"ready": bool(state.model)}

    return routes


def model_routes(state: ApiState, path: str) -> APIRouter:
    """What a client asks of a model, before it asks for prices."""
    routes = APIRouter(responses=NotFound | NotNow)

    @routes.get(path, response_model=ModelMetadata, openapi_extra=parameters_in(path))
    async def model(request: Request) -> Response:
        return json_answer(metadata_of(meant(state, request)))

    @routes.get(f"{path}/ready", openapi_extra=parameters_in(path))
    async def ready(request: Request) -> dict[str, Any]:
        return {"name": meant(state, request).reference.name, "ready": True}

    return routes


def infer_routes(state: ApiState, metrics: Metrics, path: str) -> APIRouter:
    """The route that gives prices."""
    routes = APIRouter(responses=REFUSALS | NotFound)
    schema = {"$ref": "#/components/schemas/InferRequest"}
    body = {"required": True, "content": {"application/json": {"schema": schema}}}

    @routes.post(f"{path}/infer", response_model=InferAnswer, openapi_extra=parameters_in(path) | {"requestBody": body})
    async def infer(request: Request) -> Response:
        """Prices of rows that come as columns."""
        content, model = await request.body(), meant(state, request)
        priced, answer = await state.compute(inferred, model, content, state)
        note_prices(request, priced, metrics)
        return json_answer(answer)

    return routes


def parameters_in(path: str) -> dict[str, Any]:
    """What OpenAPI says of the placeholders in a path."""
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return {
        "parameters": [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    }


def meant(state: ApiState, request: Request) -> ServedModel:
    """The model that answers, if it is the one in the path.

    Raises:
        HTTPException: 404, another one is meant.
    """
    model = state.model
    name, version = request.path_params["name"], request.path_params.get("version")
    if name != model.reference.name or version not in {None, str(model.reference.version)}:
        served = f"{model.reference.name} version {model.reference.version}"
        raise HTTPException(404, f"{served} is served here, and no other model or version")
    return model


def metadata_of(model: ServedModel) -> dict[str, Any]:
    inputs = [{"name": name, "datatype": "FP64", "shape": [-1]} for name in NUMERIC]
    return {
        "name": model.reference.name,
        "versions": [str(model.reference.version)],
        "platform": "scikit-learn",
        "inputs": [*inputs, {"name": CATEGORICAL, "datatype": "BYTES", "shape": [-1]}],
        "outputs": [{"name": name, "datatype": "FP64", "shape": [-1]} for name in OUTPUTS],
        "parameters": model.described(),
    }


def inferred(model: ServedModel, content: bytes, state: ApiState) -> tuple[Priced, dict[str, Any]]:
    """The prices, and the answer.

    Raises:
        FaultyRequestError: with every fault.
    """
    try:
        request = InferRequest.model_validate_json(content)
    except ValidationError as error:
        raise FaultyRequestError(
            [RowFault(-1, ".".join(map(str, each["loc"])), each["msg"]) for each in error.errors()]
        ) from None
    rows = rows_of(request.inputs, state.settings.maximum_rows)
    coverage = (request.parameters and request.parameters.coverage) or state.coverage
    priced = price(model, rows, coverage)
    table = priced.prices
    outputs = [
        {"name": name, "shape": [len(rows)], "datatype": "FP64", "data": table[name].tolist()} for name in OUTPUTS
    ]
    flags = [" ".join(each) for each in table["flags"]]
    return priced, {
        "id": request.id,
        "model_name": model.reference.name,
        "model_version": str(model.reference.version),
        "outputs": [*outputs, {"name": "flags", "shape": [len(rows)], "datatype": "BYTES", "data": flags}],
        "parameters": model.described() | {"coverage": coverage},
    }


def rows_of(tensors: list[Tensor], maximum_rows: int) -> pd.DataFrame:
    """The tensors as a table of the predictors.

    Raises:
        FaultyRequestError: shapes that do not fit, or rows that cannot be priced.
    """
    columns = {tensor.name: tensor.values() for tensor in tensors}
    lengths = {name: len(values) for name, values in columns.items() if name in PREDICTORS}
    faults = [
        RowFault(-1, tensor.name, f"has {len(columns[tensor.name])} values for the shape {tensor.shape}")
        for tensor in tensors
        if len(columns[tensor.name]) != size_of(tensor.shape)
    ]
    if len(set(lengths.values())) > 1:
        faults.append(RowFault(-1, "inputs", f"have different numbers of rows: {lengths}"))
    if max(lengths.values(), default=0) > maximum_rows:
        faults.append(RowFault(-1, "inputs", f"have more than {maximum_rows} rows"))
    if faults:
        raise FaultyRequestError(faults)
    table = pd.DataFrame({name: pd.Series(columns[name], dtype=object) for name in lengths})
    if wrong := table_faults(table):
        raise FaultyRequestError(wrong)
    return predictors_of(table)


def size_of(shape: list[int]) -> int:
    return shape[0] * (shape[1] if len(shape) > 1 else 1)
