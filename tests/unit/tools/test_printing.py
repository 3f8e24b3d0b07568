"""Results are printed with units, and what is missing is not made up."""

from mlopt.core.summary import OutputSummary, RunSummary, Stage, StageSummary
from mlopt.core.target import Target
from mlopt.core.tensors import TensorSpec
from mlopt.tools import printing

_TARGET = Target(
    kind="llvm-cpu",
    triple="x86_64-unknown-unknown-eabi-elf",
    cpu="znver3",
    features=("avx2",),
    num_cores=2,
    vector_bytes=32,
    l1d_bytes=0,
    l2_bytes=0,
    l3_bytes=0,
    compiler_version="3.13.0",
    compile_flags=(),
    device_uri="local-task",
)


def _run(*outputs: OutputSummary) -> RunSummary:
    return RunSummary(
        name="model",
        target=_TARGET,
        inputs="random normal, seed 0",
        outputs=outputs,
        latency_us=1234.56,
        num_calls=10,
        compile_s=0.0,
        num_workloads=3,
        num_tuned=1,
    )


def _output(**changes) -> OutputSummary:
    fields = {
        "spec": TensorSpec(shape=(2, 3), dtype="float32"),
        "mean": 0.5,
        "num_nonfinite": 0,
        "checksum": "0123abcd",
    }
    return OutputSummary(**(fields | changes))


def test_a_run_shows_types_checksums_time_and_how_much_is_tuned(capsys):
    printing.print_run(_run(_output()))
    printed = capsys.readouterr().out
    assert "float32[2,3]" in printed
    assert "0123abcd" in printed
    assert "1234.6 µs (median of 10 calls)" in printed
    assert "1 of 3 workloads" in printed


def test_numbers_that_are_not_finite_are_pointed_out(capsys):
    printing.print_run(_run(_output(num_nonfinite=2)))
    assert "0.5 (2 not finite)" in capsys.readouterr().out


def test_an_empty_output_has_no_mean(capsys):
    printing.print_run(_run(_output(mean=None)))
    row = capsys.readouterr().out.splitlines()[1]
    assert row.split() == ["0", "float32[2,3]", "-", "0123abcd"]


def test_a_stage_ends_with_its_notes_and_its_name(capsys):
    summary = StageSummary(
        name="model",
        target=_TARGET,
        stage=Stage.PARTITION,
        columns=("workload", "kind"),
        rows=(("ab12", "contraction"),),
        wall_s=1.25,
        notes=("two kernels were alike",),
    )
    printing.print_stage(summary)
    assert capsys.readouterr().out.splitlines() == [
        "workload  kind",
        "ab12      contraction",
        "two kernels were alike",
        "model: stopped after partition, 1.2 s",
    ]
