"""The compiler's target attribute is read as LLVM reads it."""

import pytest

from mlopt.targets.probe import parse_target

_MODULE = """module attributes {stream.affinity.default = #hal.device.affinity<@d>} {
  util.global private @d = #hal.device.target<"local", [#hal.executable.target<
  "llvm-cpu", "embedded-elf-x86_64", {cpu = "znver3",
  cpu_features = "+sse,+mwaitx,+avx,-sse4a,-mwaitx,-avx512f,+avx",
  max_stack_allocation_size = 32768 : i64, native_vector_size = 32 : i64,
  target_triple = "x86_64-unknown-unknown-eabi-elf"}>]> : !hal.device
}"""


def test_every_field_is_found():
    facts = parse_target(_MODULE)
    assert facts.cpu == "znver3"
    assert facts.triple == "x86_64-unknown-unknown-eabi-elf"
    assert facts.vector_bytes == 32


def test_the_last_word_on_a_feature_wins_and_features_are_sorted_once():
    assert parse_target(_MODULE).features == ("avx", "sse")


def test_a_host_without_a_feature_list_has_no_features():
    bare = _MODULE.replace("+sse,+mwaitx,+avx,-sse4a,-mwaitx,-avx512f,+avx", "")
    assert parse_target(bare).features == ()


@pytest.mark.parametrize(
    "entry", ["cpu", "cpu_features", "native_vector_size", "target_triple"]
)
def test_a_missing_entry_is_named(entry):
    with pytest.raises(ValueError, match=f"no entry {entry}$"):
        parse_target(_MODULE.replace(f"{entry} =", f"other_{entry} ="))


def test_a_module_without_a_target_is_refused():
    with pytest.raises(ValueError, match="no entry"):
        parse_target("module {}")
