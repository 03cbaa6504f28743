"""Bad input gets a clear answer and loses nothing: each line of that promise with the tests that hold it.

A line whose test stands elsewhere is named here and not tested twice.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HELD_BY = {
    "wrong role": ["tests/gate/test_acts.py::test_at_every_state_everyone_is_told_what_the_declaration_says"],
    "wrong node": [
        "tests/gate/test_acts.py::test_at_every_state_everyone_is_told_what_the_declaration_says",
        "tests/gate/test_addresses.py::test_operations_of_the_interface_answer_as_declared",
    ],
    "stale page": ["test_at_once.py::test_a_page_that_was_overtaken_says_so_and_keeps_what_was_typed"],
    "double click": [
        "test_at_once.py::test_a_double_click_on_a_form_is_one_act_and_both_see_it",
        "test_at_once.py::test_a_double_click_that_begins_a_case_begins_one",
        "test_at_once.py::test_the_same_call_five_times_at_once_is_one_act",
    ],
    "two users at once": ["test_at_once.py::test_of_two_people_at_one_node_the_second_is_told_who_was_first"],
    "NUL and control characters": [
        "test_characters.py::test_a_character_no_paper_can_carry_is_refused_in_every_text_of_every_act",
        "test_characters.py::test_every_field_of_every_act_answers_whatever_stands_in_it",
    ],
    "200 MB upload": [
        "test_files.py::test_two_hundred_megabytes_are_refused_before_they_are_read",
        "test_files.py::test_a_large_file_within_the_limit_is_kept_without_being_held_in_memory",
    ],
    "a PDF that is an EXE": ["test_files.py::test_a_file_that_is_not_what_it_says_is_refused_through_the_interface"],
    "a zip bomb": [
        "test_files.py::test_a_form_with_such_a_file_comes_back_filled_in_and_the_case_file_stays_as_it_was"
    ],
    "case number of another court": ["test_wrong_facts.py::test_a_case_number_of_another_court_begins_no_case"],
    "ID or credit code with a wrong check digit": [
        "src/jianheng/kernel/tests/test_identifiers.py",
        "src/jianheng/config/commands/tests/test_check_command.py",
        "src/jianheng/config/commands/tests/test_import_command.py",
    ],
    "draw with no candidate left": [
        "test_wrong_facts.py::"
        "test_with_no_candidate_left_nothing_is_drawn_every_reason_is_kept_and_another_way_is_open"
    ],
    "payment below the fee": ["test_wrong_facts.py::test_a_payment_below_the_fee_is_refused_with_the_difference"],
    "a term in a year without calendar": [
        "test_year_without_calendar.py::test_material_is_asked_for_and_the_paper_says_the_day_in_words",
        "test_year_without_calendar.py::test_importing_the_year_counts_the_term_and_lets_it_lapse",
    ],
    "clock moved backwards": [
        "test_clock_went_back.py::"
        "test_an_act_an_hour_before_the_last_one_is_refused_and_can_be_done_when_the_clock_is_right",
        "test_clock_went_back.py::test_checkpoints_never_say_an_earlier_time_than_the_one_before",
    ],
    "database stopped in the middle of an act": [
        "test_database_away.py::test_an_act_broken_off_can_be_sent_again_and_is_done_once"
    ],
    "worker killed while rendering": [
        "tests/operation/test_running.py::test_nothing_acknowledged_is_lost_when_web_worker_and_database_are_killed"
    ],
    "full disk while storing a file": ["test_files.py::test_a_full_disk_loses_the_file_and_nothing_else"],
    "webhooks that point inside": ["test_webhook_addresses.py::test_a_name_that_leads_inside_is_refused"],
    "guessing at the sign-in page": [
        "test_guessing.py::test_five_wrong_passwords_lock_the_name_even_to_the_right_one",
        "test_guessing.py::test_five_wrong_codes_close_the_second_factor_even_to_the_right_one",
    ],
    "guessing a party's code": [
        "test_guessing.py::test_asking_for_a_new_code_does_not_forgive_wrong_ones",
        "test_guessing.py::test_no_answer_tells_whether_a_phone_is_a_partys",
    ],
    "a signal during start-up": [
        "tests/operation/test_running.py::test_a_signal_during_start_up_leaves_nothing_running"
    ],
}


@pytest.mark.parametrize("line", HELD_BY)
def test_every_line_is_held_by_a_test_that_exists(line) -> None:
    for held_by in HELD_BY[line]:
        place, _, name = held_by.partition("::")
        path = ROOT / place if "/" in place else Path(__file__).parent / place
        tests = [one.name for one in ast.parse(path.read_text(encoding="utf-8")).body if hasattr(one, "name")]

        assert name in tests or (not name and any(one.startswith("test_") for one in tests))
