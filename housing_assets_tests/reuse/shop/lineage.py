"""Three assets: baskets, a partition a shop; the prices of what is cheap enough; and their sum."""

from pathlib import Path
from typing import Any, ClassVar

import dagster as dg

from housing_assets.reuse.computed import StepResult

from .setup import asset

SHOPS = dg.StaticPartitionsDefinition(["north", "south"])


class Selection(dg.Config):
    limit: int = 5


class How(dg.Config):
    decides_results: ClassVar[bool] = False
    workers: int = 1


class Settings(dg.ConfigurableResource):  # type: ignore[type-arg]
    selection: Selection = Selection()
    how: How = How()


def file_content(files: Path, partition: str) -> dict[str, str]:
    return {"file": (files / partition).read_text()}


@asset(dg.AssetSpec("basket", partitions_def=SHOPS), resources=["files", "journal"], origin=file_content)
def basket(files: Path, journal: list[str], partition: str) -> StepResult:
    from .basket import Basket

    journal.append(f"basket:{partition}")
    return StepResult(Basket(tuple(int(word) for word in (files / partition).read_text().split())))


@asset(dg.AssetSpec("cheap"), resources=["journal"])
def cheap(
    context: dg.AssetExecutionContext, basket: dict[str, Any], selection: Selection, journal: list[str]
) -> StepResult:
    from pricing import rates

    context.log.info("pricing")
    journal.append("cheap")
    priced = {shop: rates.prices(each.sizes()) for shop, each in basket.items()}
    return StepResult({shop: [price for price in each if price < selection.limit] for shop, each in priced.items()})


@asset(dg.AssetSpec("total"), resources=["journal"])
def total(cheap: dict[str, list[int]], how: How, journal: list[str]) -> StepResult:
    journal.append("total")
    return StepResult({shop: sum(prices) for shop, prices in cheap.items()})


STEPS = (basket, cheap, total)
