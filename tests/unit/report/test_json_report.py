"""The JSON has the documented keys and nothing that JSON has not."""

import dataclasses
import json
import math

from mlopt.core.report import Verdict
from mlopt.report.json_report import to_json, to_json_text


def test_the_text_matches_the_golden_file(result, check_golden):
    check_golden("result.json", to_json_text(result))


def test_the_documented_keys_are_there(result):
    data = json.loads(to_json_text(result))
    documented = {
        "target",
        "versions",
        "baselines",
        "tuned",
        "speedup",
        "verdict",
        "max_relative_error",
        "trials",
        "failures",
        "workloads",
        "wall_s",
    }
    assert documented <= data.keys()
    assert data["baselines"].keys() == {"default", "stock_best"}
    for timed in (*data["baselines"].values(), data["tuned"]):
        assert {"latency_us", "ci95", "samples"} <= timed.keys()
    assert data["speedup"].keys() == {"default", "stock_best"}
    for ratio in data["speedup"].values():
        assert ratio.keys() == {"ratio", "ci95"}
    for workload in data["workloads"]:
        needed = {"hash", "kind", "share", "before", "after", "schedule"}
        assert needed <= workload.keys()


def test_a_workload_left_alone_has_no_schedule(result):
    tuned, untuned, *_ = json.loads(to_json_text(result))["workloads"]
    assert tuned["schedule"]["decisions"]["tile_n"] == 32
    assert untuned["schedule"] is None


def test_a_number_that_is_not_finite_is_null(result):
    broken = dataclasses.replace(result, max_relative_error=math.nan)
    assert json.loads(to_json_text(broken))["max_relative_error"] is None


def test_the_verdict_is_one_of_two_words(result):
    assert to_json(result)["verdict"] == "faster"
    other = dataclasses.replace(result, verdict=Verdict.NO_SIGNIFICANT_GAIN)
    assert to_json(other)["verdict"] == "no_significant_gain"
