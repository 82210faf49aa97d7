"""What was asked, and what was answered: recorded beside the path of a request, read by whoever judges the model.

::

    predictions_log/date=YYYY-MM-DD/<moment>-<unique>.<lines>.jsonl    by the clock of who answered
    outcomes/date=YYYY-MM-DD/<moment>-<unique>.<lines>.jsonl           by the day on which they came

A file is written whole, and never again. Its name says how many lines it has and each line has a checksum, so that a
file that was cut or changed is noticed. ``answers`` says what is recorded, ``lines`` how, ``prediction_log`` when,
``logged_days`` reads it, ``outcomes`` takes what houses were sold for.
"""
