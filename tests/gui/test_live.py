"""The stage follows the controls; what is shown when the hand rests is kept, and nothing in between."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from pixelforge.gui.generating.jobs import Job, Measured, Report
from pixelforge.gui.generating.live import QUICK, REST
from tests.gui.using import classic, click_class, finish, make, pictures, recipes


@pytest.fixture
def live(qtbot, active):
    """Four sprites on the stage, of which nothing is a variation; the switch is on."""
    make(qtbot, active)
    active.window.controls.live.click()
    assert active.window.following.live.on
    return active


def kept(qtbot, desktop, rows: int) -> None:
    qtbot.waitUntil(lambda: desktop.studio.history.rowCount() == rows, timeout=60_000)


def test_without_the_switch_nothing_follows(qtbot, active) -> None:
    make(qtbot, active)
    before = pictures(active)
    active.studio.generation.set_sampling(guidance_scale=9.0)
    assert not active.studio.generation.run.running
    qtbot.wait(REST + 200)
    np.testing.assert_array_equal(pictures(active), before)
    assert active.studio.history.rowCount() == 4


def test_guidance_redraws_the_same_seeds_fast_and_what_rests_is_kept(qtbot, live) -> None:
    before = recipes(live)
    live.window.controls.more.setChecked(True)
    field = live.window.controls.scalars["guidance_scale"]
    field.slider.setFocus()
    qtbot.keyClick(field.slider, Qt.Key.Key_PageUp)
    assert live.studio.generation.trying
    kept(qtbot, live, 8)
    after = recipes(live)
    assert not live.studio.generation.trying
    assert [recipe.seed for recipe in after] == [recipe.seed for recipe in before]
    assert {recipe.request.sampling.sampler for recipe in after} == {"dpm++2m"}  # what was shown, as it was made
    assert {recipe.request.sampling.guidance_scale for recipe in after} == {
        live.studio.generation.settings.request.sampling.guidance_scale
    }


def test_another_class_is_shown_at_once(qtbot, live) -> None:
    before = np.array(live.studio.stage.sprites)
    click_class(qtbot, live.window.controls.what.classes, 1)
    assert live.studio.generation.settings.request.conditions[0].class_name == "dogs"
    kept(qtbot, live, 8)
    assert {recipe.class_name for recipe in recipes(live)} == {"dogs"}
    assert not np.array_equal(before, live.studio.stage.sprites)


def test_of_many_changes_the_last_alone_is_kept(qtbot, live) -> None:
    for scale in (3.0, 4.0, 5.0, 6.0, 7.0):
        live.studio.generation.set_sampling(guidance_scale=scale)
        qtbot.wait(5)
    kept(qtbot, live, 8)
    assert {recipe.request.sampling.guidance_scale for recipe in recipes(live)} == {7.0}
    qtbot.wait(REST + 200)
    assert live.studio.history.rowCount() == 8


def test_what_is_overtaken_is_dropped(qtbot, live) -> None:
    jobs: list[Job] = []
    generation = live.studio.generation
    generation.job_submitted.connect(jobs.append)
    generation.set_sampling(guidance_scale=3.0)
    generation.set_sampling(guidance_scale=4.0)
    assert [job.request.sampling.guidance_scale for job in jobs] == [3.0, 4.0]  # the worker gives up the first for it
    generation.set_sampling(guidance_scale=4.0)
    assert len(jobs) == 2
    kept(qtbot, live, 8)


def test_a_hand_that_never_rests_sees_something_all_the_same(qtbot, live) -> None:
    generation, ends = live.studio.generation, []
    generation.run_changed.connect(lambda: ends.append(not generation.run.running))
    scale = 1.0
    while sum(ends) < 2:
        scale = 1.0 + (scale - 0.9) % 13
        generation.set_sampling(guidance_scale=scale)
        qtbot.wait(5)
    assert live.studio.history.rowCount() == 4
    kept(qtbot, live, 8)


def test_a_real_run_is_not_disturbed(qtbot, live) -> None:
    classic(live)
    live.window.actions_.generate.trigger()
    live.studio.generation.set_sampling(guidance_scale=3.0)
    assert not live.studio.generation.trying
    assert live.studio.generation.run.running
    live.window.actions_.escape.trigger()
    finish(qtbot, live)


def test_escape_brings_back_what_lay_there(qtbot, live) -> None:
    before = pictures(live)
    live.studio.generation.set_sampling(guidance_scale=9.0)
    live.window.actions_.escape.trigger()
    np.testing.assert_array_equal(pictures(live), before)
    qtbot.wait(REST + 200)
    assert live.studio.history.rowCount() == 4


def test_behind_the_desk_nothing_follows(qtbot, live) -> None:
    live.window.actions_.new_sprite.trigger()
    live.studio.generation.set_sampling(guidance_scale=9.0)
    assert not live.studio.generation.trying


@pytest.mark.parametrize(("seconds", "on"), [(QUICK - 0.01, True), (QUICK, False)])
def test_it_is_on_by_itself_where_the_machine_is_quick(qtbot, active, seconds, on) -> None:
    generation = active.studio.generation
    generation.receive(Report(generation._run_number, Measured(seconds)))
    assert active.window.controls.live.isChecked() is on
    assert active.session.settings.trial_seconds == {"tiny": seconds}
    assert active.session.settings.live is None
    active.window.controls.live.click()
    generation.receive(Report(generation._run_number, Measured(0.0)))
    assert active.window.controls.live.isChecked() is not on  # what the user chose counts for more
    assert active.session.settings.live is not on


def test_the_worker_measures_a_trial(qtbot, active) -> None:
    found = []
    active.studio.generation.measured.connect(found.append)
    active.window.following._measure()
    qtbot.waitUntil(lambda: bool(found), timeout=60_000)
    assert found[0] > 0
    assert active.session.settings.trial_seconds == {"tiny": found[0]}
    assert active.studio.history.rowCount() == 0
    active.window.following._measure()  # once is enough
    qtbot.wait(50)
    assert len(found) == 1
