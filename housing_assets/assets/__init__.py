"""The lineage, a module a group of stages. ``STEPS`` has all of it, upstream first.

A body reads settings, calls pure functions of the domain, and returns a ``StepResult``. Everything heavy is imported
inside the body, so that loading the definitions, and a run in which nothing is stale, do not pay for it. A new stage
is a function here, its work in a module of ``domain``, its settings in a section, its gates in
``domain.gates.catalogue``.
"""

from __future__ import annotations

from housing_assets.assets.data import imputation_comparison, imputed_housing, imputer, raw_housing
from housing_assets.assets.drift import drift_report
from housing_assets.assets.evaluation import model_evaluation
from housing_assets.assets.features import cluster_search, feature_builder, housing_features, test_set, train_set
from housing_assets.assets.models import candidate_models, sweep_results, trained_model
from housing_assets.assets.registry import registered_model

STEPS = (
    raw_housing,
    drift_report,
    imputation_comparison,
    imputer,
    imputed_housing,
    cluster_search,
    feature_builder,
    housing_features,
    train_set,
    test_set,
    candidate_models,
    sweep_results,
    trained_model,
    model_evaluation,
    registered_model,
)
