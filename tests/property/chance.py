"""The same machine driven by plain chance: one long, crowded life that a seed tells again."""

import itertools
import random
from collections.abc import Callable

from tests.property.checks import ALARMS
from tests.property.life import PLACES, TRIES
from tests.property.machine import LifeCycle

_FEW = (0, 0, 1, 2, 3)


def _acts(life: LifeCycle, chance: random.Random) -> dict[Callable[[], None], int]:
    """What may happen, and how often it does."""
    pick, when = chance.choice, chance.choice(("before", "after"))
    which, other, operation = (chance.randrange(2**16) for _ in range(3))
    place, alarm, yes = pick(PLACES), pick(ALARMS), chance.random() < 0.5
    everything = itertools.product(PLACES, ALARMS)
    calming = pick([each for each in everything if each[0].gateway in life.firing(*each)] or [(place, alarm)])
    running, acting, lately = bool(life.running()), bool(life.acting()), bool(life.pending)
    return {
        lambda: life.an_alarm_changes(place, alarm, at_once=yes, silent=which % 4 == 0): 5,
        lambda: life.an_alarm_changes(*calming, at_once=other % 4 > 0, silent=which % 4 == 0): 6,
        lambda: life.everybody_goes_on(1 + which % 3): 6,
        lambda: life.news_arrives_in_any_order(which): 6 * lately,
        lambda: life.news_arrives_and_is_killed(which, operation, when): 2 * lately,
        lambda: life.news_is_lost(which): 3 * lately,
        lambda: life.news_arrives_again(which): 2 * bool(life.arrived),
        lambda: life.an_execution_goes_on(which, 1 + other % 3): 6 * running,
        lambda: life.a_step_is_killed(which, operation, when, pick((1, TRIES))): 6 * acting,
        lambda: life.a_step_is_overtaken(which, other, operation, when): 10 * acting,
        lambda: life.all_open_at_once(alarm, which): 4,
        lambda: life.somebody_stops_an_execution(which): 2 * running,
        lambda: life.a_close_is_repeated(which): 2 * bool(life.life.executions.all),
        lambda: life.a_report_is_written_again(which): 3 * bool(life.life.model.delivered),
        lambda: life.time_passes(pick((1, 1, 2, 3, 5, 6, 6, 13, 16, 26))): 6,
        lambda: life.time_passes(pick((300, 1100))): 1,
        lambda: life.the_policy_changes(
            *(pick(_FEW) for _ in range(4)), enabled=which % 8 > 0, beyond=yes
        ): 3,
        lambda: life.records_arrive(which, pick((0, 700))): 2,
        lambda: life.flow_logs_are_refused(place): 1 + 2 * bool(life.life.spoke(place).refused),
        lambda: life.a_delivery_fails(place): 2,
        lambda: life.a_sweep_is_killed(operation, when): 2,
        lambda: life.a_sweep_is_overtaken(operation): 2 * acting,
        lambda: life.the_sweep_runs(pick(("quick", "full", "full"))): 6,
    }


def live_long(life: LifeCycle, seed: int, steps: int) -> None:
    """Take so many steps, and look after each; at the usage of one gateway in turn, for that takes long."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    life.the_policy_changes(3, 2, 1, 3, enabled=True, beyond=True)
    for _, looked_at in zip(range(steps), itertools.cycle(PLACES), strict=False):
        acts = _acts(life, chance)
        (act,) = chance.choices(list(acts), weights=list(acts.values()))
        act()
        life.every_answer_was_right()
        life.usage_is_right(looked_at, life.life.clock.now())
        life.a_gateway_has_one_lease_and_its_recording_is_open()
        life.what_waits_is_recording()
    life.teardown()
