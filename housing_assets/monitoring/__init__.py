"""What the log of answers is judged with and what follows from it: over the store, above ``serving``.

The sums are in ``domain.monitoring``, the assets in ``assets.monitoring``. ``training_references``: what a version was
trained on and how it was evaluated; ``realised``: prices that came in; ``earlier_days``: what was measured before;
``sales``: files of them; ``rollback``: whether a version goes; ``retraining``: what is offered to the inbox.
"""
