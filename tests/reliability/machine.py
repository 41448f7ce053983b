"""How the state machines are run."""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.plugins import selection

STEPS = 50  # of one run


def run(machine: type[RuleBasedStateMachine], *, runs: int, steps: int = STEPS) -> None:
    """`runs` runs of `steps` steps each, at full length on one's own machine other ones each
    time."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=runs,
            stateful_step_count=steps,
            deadline=None,
            derandomize="CI" in os.environ or not selection.is_full,
            database=None,
            phases=[Phase.generate],  # to look for the shortest failing run takes minutes
            suppress_health_check=list(HealthCheck),
        ),
        _min_steps=steps,
    )
