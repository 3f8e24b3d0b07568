"""Flags and their identity."""

from mlopt.compile.options import CompileOptions

RESET = "--iree-codegen-tuning-spec-path="


def test_the_tuning_spec_is_reset_before_the_callers_flags():
    options = CompileOptions(("--a=1", RESET + "mine.mlir"))
    assert options.arguments == (RESET, "--a=1", RESET + "mine.mlir")


def test_the_fingerprint_depends_on_flags_and_their_order():
    prints = {
        CompileOptions(flags).fingerprint()
        for flags in [(), ("--a",), ("--a", "--b"), ("--b", "--a"), ("--a--b",)]
    }
    assert len(prints) == 5
    assert CompileOptions(("--a",)).fingerprint() in prints


def test_the_fingerprint_follows_the_content_of_a_named_file(tmp_path):
    spec = tmp_path / "spec.mlir"
    plain = CompileOptions((f"--spec={spec}",))
    entry = CompileOptions((f"--library={spec}@sequence",))
    absent = plain.fingerprint(), entry.fingerprint()
    spec.write_text("one")
    first = plain.fingerprint(), entry.fingerprint()
    spec.write_text("two")
    second = plain.fingerprint(), entry.fingerprint()
    for prints in zip(absent, first, second, strict=True):
        assert len(set(prints)) == 3


def test_a_value_that_cannot_be_a_file_name_is_no_error():
    assert CompileOptions(("--text=" + "x" * 100_000,)).fingerprint()


def test_a_flag_of_the_process_is_an_attribute_of_the_module():
    serial = "--iree-stream-partitioning-favor=debug"
    options = CompileOptions(("--a", serial))
    assert options.arguments == (RESET, "--a")
    assert options.module_attributes == {
        "stream.partitioning": '#stream.partitioning_config<"debug">'
    }
    assert not CompileOptions(("--a",)).module_attributes
    # What the cache knows a program by still tells them apart.
    assert options.fingerprint() != CompileOptions(("--a",)).fingerprint()
