"""Texts that nobody can guess, and how much room is left."""

import re
import shutil

from tocsin.edge.disk import free_bytes
from tocsin.edge.ids import new_id, new_token


def test_tokens_are_never_the_same_and_fit_into_a_url():
    made = {new_token() for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch(r"[\w-]{43}", token, re.ASCII) for token in made)


def test_an_id_says_what_it_names():
    assert re.fullmatch(r"page-[0-9a-f]{20}", new_id("page"))
    assert new_id("page") != new_id("page")


def test_the_free_space_is_the_one_that_we_can_use(tmp_path):
    there = free_bytes(tmp_path)
    assert 0 < there <= shutil.disk_usage(tmp_path).total
    assert abs(there - shutil.disk_usage(tmp_path).free) < 1 << 30


def test_a_folder_that_is_not_yet_made_has_the_space_of_the_one_it_will_stand_in(tmp_path):
    assert free_bytes(tmp_path / "a" / "b") > 0
