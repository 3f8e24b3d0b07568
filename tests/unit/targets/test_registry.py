"""Targets are found by name; the others are refused with a reason."""

import pytest

from mlopt.core.errors import TargetError
from mlopt.targets.registry import find_target


@pytest.mark.parametrize("name", ["vulkan", "cuda", "tpu"])
def test_a_target_for_later_says_what_is_tuned_now(tmp_path, name):
    with pytest.raises(TargetError, match=f"{name} .* tunes llvm-cpu only"):
        find_target(name, facts_dir=tmp_path)


@pytest.mark.parametrize("name", ["", "gpu", "LLVM-CPU"])
def test_an_unknown_target_lists_the_names(tmp_path, name):
    with pytest.raises(TargetError, match="choose llvm-cpu"):
        find_target(name, facts_dir=tmp_path)
