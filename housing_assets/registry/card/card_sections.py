"""The sections of a model card and their text, after Mitchell et al. 2019, "Model Cards for Model Reporting"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets.documents.blocks import Block, Code, Heading, Listing, Paragraph, Picture, Table
from housing_assets.registry.card.coverage_section import coverage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from housing_assets.registry.card.contents import ModelCard

METRICS = {
    "mae": ("mean absolute error", "$"),
    "rmse": ("root mean squared error", "$"),
    "r2": ("R²", ""),
    "mape": ("mean absolute percentage error", "%"),
    "smape": ("symmetric mean absolute percentage error", "%"),
    "wmape": ("weighted mean absolute percentage error", "%"),
    "median_ape": ("median absolute percentage error", "%"),
    "within_5pct": ("predictions within 5 % of the price", "%"),
    "within_10pct": ("predictions within 10 % of the price", "%"),
    "within_15pct": ("predictions within 15 % of the price", "%"),
}
SEGMENT_METRICS = ("wmape", "rmse", "within_10pct")
BETWEEN_SEEN_PLACES = (
    "The test rows are a random share of the block groups, and most have training rows next door. The numbers "
    "therefore claim prices of places between places that the model has seen, and nothing about regions that it has "
    "not seen."
)
CLAIMS = {
    "hash": BETWEEN_SEEN_PLACES,
    "random": BETWEEN_SEEN_PLACES,
    "spatial_block": (
        "Whole blocks of the map were held out, so the numbers claim prices in regions that the model has not seen. "
        "Between places that it has seen, it does better."
    ),
}
LIMITS = (
    "The prices are those of the 1990 census, in dollars of that year. The model says nothing about prices of today.",
    "The census capped prices at 500,001 dollars, median incomes at 150,001 dollars and ages at 52 years. The model "
    "cannot tell half a million from five, and its errors on capped rows are errors against the cap.",
    "A row is a block group, typically of 600 to 3,000 people, and not a house: its price is a median.",
    "Only California is in the data. ISLAND has five rows, too few to say anything of.",
    "Income, age and place go together with who lives where. The model was neither made nor tested for decisions on "
    "people, such as loans, rents or insurance.",
)


def introduction(card: ModelCard) -> Block:
    overall = card["evaluation"]["overall"]
    return Paragraph(
        f"Predicts the median house value of a Californian block group in 1990 from nine columns of the census. On "
        f"{overall['rows']:,} block groups that nothing was fitted on, its error is {overall['wmape']:.1f} % of the "
        f"total value (wMAPE), and {overall['within_10pct']:.0f} % of its predictions are within 10 % of the price."
    )


def use(card: ModelCard) -> list[Block]:
    return [
        Heading("Use"),
        Paragraph(
            "Input is a table with the raw columns longitude, latitude, housing_median_age, total_rooms, "
            "total_bedrooms, population, households, median_income and ocean_proximity, in any order. Missing bedrooms "
            "are filled, and an unknown ocean_proximity is treated as none of the known ones. Output is a price in "
            "dollars."
        ),
        claim(card),
    ]


def claim(card: ModelCard) -> Block:
    return Paragraph(CLAIMS[card["split"]["method"]])


def data(card: ModelCard) -> list[Block]:
    facts, split = card["data"], card["split"]
    missing = ", ".join(f"{count:,} of {column}" for column, count in facts["missing"].items() if count) or "none"
    block = f", blocks of {split['block_degrees']} degrees" if split["method"] == "spatial_block" else ""
    return [
        Heading("Data"),
        Table(
            [
                ("fact", "value"),
                ("Source", facts["source"]),
                ("SHA-256", facts["sha256"]),
                ("Provenance", facts["provenance"]),
                ("Period", "census of 1990"),
                ("Rows", f"{facts['rows']:,}"),
                ("Missing values", missing),
                ("Split", f"{split['method']}, test share {split['test_share']}, seed {split['seed']}{block}"),
                ("Training rows", f"{facts['training_rows']:,}"),
                ("Test rows", f"{card['evaluation']['overall']['rows']:,}, scored once"),
            ]
        ),
        Paragraph(
            "The rows were split before anything was fitted: the imputer, the clusters, the scaling and the model know "
            "training rows only. The price is no input of the imputation."
        ),
    ]


def how_it_was_made(card: ModelCard) -> list[Block]:
    search = card["search"]
    candidates = [(name, f"{value:.2f}") for name, value in search["candidates"].items()]
    trials = ", ".join(f"{count} {state.lower()}" for state, count in search["trials"].items())
    return [
        Heading("How it was made"),
        Paragraph(
            f"Algorithms were compared by {search['metric']}, cross-validated on the training rows in "
            f"{search['folds']} folds. The parameters of the best were then searched in "
            f"{sum(search['trials'].values())} trials ({trials})."
        ),
        Table([("algorithm", f"{search['metric']}, cross-validated"), *candidates]),
        Paragraph(f"Chosen: {card['algorithm']}."),
        Table([("parameter", "value"), *((name, str(value)) for name, value in card["params"].items())]),
        Paragraph(f"It sees {len(card['features'])} features: {', '.join(card['features'])}."),
    ]


def performance(card: ModelCard) -> list[Block]:
    evaluation = card["evaluation"]
    wholes = {"all test rows": "overall", "without capped prices": "uncapped", "always the median price": "baseline"}
    columns = {title: evaluation[key] for title, key in wholes.items() if key in evaluation}
    interval = evaluation.get("sampling_interval", {}).get("overall", {})
    head = ("metric", *columns, f"{card['confidence'] * 100:g} % interval of all test rows")
    rows = [
        (
            METRICS[name][0],
            *(format_metric(name, values.get(name)) for values in columns.values()),
            format_interval(name, interval),
        )
        for name in METRICS
    ]
    return [Heading("Metrics on test rows"), Table([head, *rows]), *coverage(evaluation)]


def segments(card: ModelCard) -> list[Block]:
    evaluation = card["evaluation"]
    head = ("segment", "rows", *(f"{METRICS[name][0]}" for name in SEGMENT_METRICS))
    rows = [
        (label, f"{values['rows']:,}", *(format_metric(name, values.get(name)) for name in SEGMENT_METRICS))
        for kind in ("ocean_proximity", "price_band")
        for label, values in evaluation.get(kind, {}).items()
    ]
    return [Heading("Metrics by segment"), Table([head, *rows])] if rows else []


def pictures(card: ModelCard) -> list[Block]:
    shown_figures = [Picture(name.replace("_", " "), png) for name, png in card["figures"].items()]
    return [Heading("Plots"), *shown_figures] if shown_figures else []


def limits() -> list[Block]:
    return [Heading("Limits"), Listing(LIMITS)]


def gate_verdicts(card: ModelCard) -> list[Block]:
    rows = [
        (
            gate["name"],
            "passed" if gate["passed"] else ("failed" if gate["blocking"] else "warning"),
            gate["message"],
        )
        for gate in card["gates"]
    ]
    text = "A blocking gate that fails keeps a model out of the registry. These judged this one:"
    return [Heading("How it was gated"), Paragraph(text), Table([("gate", "verdict", "reason"), *rows])]


def reproduction(card: ModelCard) -> list[Block]:
    return [
        Heading("How to make it again"),
        Paragraph("With the code of that commit, the libraries below and the raw file of that SHA-256:"),
        Code(card["command"]),
        Table(
            [
                ("fact", "value"),
                ("Digest of the model", card["digest"]),
                ("Git commit", card["git_commit"]),
                ("housing_assets", card["code_version"]),
                ("Dagster run", card["dagster_run_id"]),
                *sorted(card["libraries"].items()),
            ]
        ),
    ]


def format_metric(metric: str, value: float | None) -> str:
    """A value with its unit: dollars whole, per cent to one digit."""
    if value is None:
        return ""
    unit = METRICS[metric][1]
    return {"$": f"${value:,.0f}", "%": f"{value:.1f} %"}.get(unit, f"{value:.3f}")


def format_interval(metric: str, interval: Mapping[str, Mapping[str, float]]) -> str:
    limits = interval.get(metric)
    return f"{format_metric(metric, limits['low'])} to {format_metric(metric, limits['high'])}" if limits else ""
