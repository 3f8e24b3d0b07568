"""Small programs, compiled once a session: one baseline and what can go wrong."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mlopt.measure.client import MeasuringWorker
from mlopt.measure.plan import BaselineSpec, MeasurePlan

SIZE = 128
FLAGS = (
    "--iree-hal-target-device=local",
    "--iree-hal-local-target-device-backends=llvm-cpu",
    "--iree-llvmcpu-target-cpu=host",
    "--iree-codegen-tuning-spec-path=",
)
SQUARE = f"tensor<{SIZE}x{SIZE}xf32>"
MATMUL = f"""
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : {SQUARE}
  %fill = linalg.fill ins(%zero : f32) outs(%empty : {SQUARE}) -> {SQUARE}
  %product = linalg.matmul ins(%lhs, %rhs : {SQUARE}, {SQUARE})
      outs(%fill : {SQUARE}) -> {SQUARE}"""
REPEATED_MATMUL = f"""
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : {SQUARE}
  %first = arith.constant 0 : index
  %last = arith.constant 300 : index
  %one = arith.constant 1 : index
  %product = scf.for %i = %first to %last step %one
      iter_args(%previous = %empty) -> ({SQUARE}) {{
    %hidden = util.optimization_barrier %lhs : {SQUARE}
    %fill = linalg.fill ins(%zero : f32) outs(%previous : {SQUARE}) -> {SQUARE}
    %next = linalg.matmul ins(%hidden, %rhs : {SQUARE}, {SQUARE})
        outs(%fill : {SQUARE}) -> {SQUARE}
    scf.yield %next : {SQUARE}
  }}"""
HANG = f"""
  %always = arith.constant true
  %product = scf.while (%value = %lhs) : ({SQUARE}) -> {SQUARE} {{
    scf.condition(%always) %value : {SQUARE}
  }} do {{
  ^bb0(%value: {SQUARE}):
    %hidden = util.optimization_barrier %value : {SQUARE}
    scf.yield %hidden : {SQUARE}
  }}"""
UNWRITTEN = f"""
  %empty = tensor.empty() : {SQUARE}
  %product = util.optimization_barrier %empty : {SQUARE}"""
ZEROS = f"""
  %product = arith.constant dense<0.0> : {SQUARE}"""
# The matrix product of operands cut to bfloat16. With casts, LLVM would undo it.
ROUNDED = "\n".join(
    [
        *(
            f"""
  %{name}_narrow = linalg.generic {{
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]}}
      ins(%{name} : {SQUARE}) outs(%{name} : {SQUARE}) {{
    ^bb0(%x: f32, %y: f32):
      %mask = arith.constant 0xFFFF0000 : i32
      %bits = arith.bitcast %x : f32 to i32
      %upper = arith.andi %bits, %mask : i32
      %cut = arith.bitcast %upper : i32 to f32
      linalg.yield %cut : f32
  }} -> {SQUARE}"""
            for name in ("lhs", "rhs")
        ),
        MATMUL.replace("%lhs,", "%lhs_narrow,").replace("%rhs :", "%rhs_narrow :"),
    ]
)
SUM = f"""
  %product = arith.addf %lhs, %rhs : {SQUARE}"""
ROOTS = f"""
  %product = math.sqrt %lhs : {SQUARE}"""
# Three dispatches with two temporaries.
CHAIN = f"""{MATMUL}
  %empty2 = tensor.empty() : {SQUARE}
  %fill2 = linalg.fill ins(%zero : f32) outs(%empty2 : {SQUARE}) -> {SQUARE}
  %product2 = linalg.matmul ins(%product, %rhs : {SQUARE}, {SQUARE})
      outs(%fill2 : {SQUARE}) -> {SQUARE}
  %empty3 = tensor.empty() : {SQUARE}
  %fill3 = linalg.fill ins(%zero : f32) outs(%empty3 : {SQUARE}) -> {SQUARE}
  %product3 = linalg.matmul ins(%product2, %product : {SQUARE}, {SQUARE})
      outs(%fill3 : {SQUARE}) -> {SQUARE}"""
ASSERTION = f"""{MATMUL}
  %false = util.optimization_barrier %no : i1
  cf.assert %false, "refused at run time" """


def function_of(body: str, result: str = "%product") -> str:
    return f"""util.func public @main(%lhs: {SQUARE}, %rhs: {SQUARE}) -> {SQUARE} {{
  %no = arith.constant false
{body}
  util.return {result} : {SQUARE}
}}"""


PROGRAMS = {
    "matmul": function_of(MATMUL),
    "sum": function_of(SUM),
    "rounded": function_of(ROUNDED),
    "nan": function_of(ROOTS),
    "repeated": function_of(REPEATED_MATMUL),
    "hang": function_of(HANG),
    "unwritten": function_of(UNWRITTEN),
    "zeros": function_of(ZEROS),
    "chain": function_of(CHAIN, "%product3"),
    "assertion": function_of(ASSERTION),
    "unary": f"""util.func public @main(%lhs: {SQUARE}) -> {SQUARE} {{
  util.return %lhs : {SQUARE}
}}""",
    "mixed": """
util.func public @main(%a: tensor<8x4xbf16>, %b: tensor<4xi1>, %c: tensor<i32>)
    -> (tensor<8x4xbf16>, tensor<4xi1>, tensor<i32>) {
  %1 = arith.addf %a, %a : tensor<8x4xbf16>
  util.return %1, %b, %c : tensor<8x4xbf16>, tensor<4xi1>, tensor<i32>
}""",
}


def compile_text(text: str, path: Path) -> None:
    compiler = Path(sys.executable).parent / "iree-compile"
    subprocess.run(
        [compiler, "-", "-o", path, *FLAGS], input=text, text=True, check=True
    )


@pytest.fixture(scope="session")
def vmfb(tmp_path_factory) -> Callable[[str], str]:
    """Path of a program by name, compiled when first asked for."""
    folder = tmp_path_factory.mktemp("programs")

    def path_of(name: str) -> str:
        path = folder / f"{name}.vmfb"
        if not path.exists():
            compile_text(PROGRAMS[name], path)
        return str(path)

    return path_of


@pytest.fixture(scope="session")
def inputs() -> list[list[np.ndarray]]:
    """Two matrices for each of two seeds."""
    return [
        list(
            np.random.default_rng(seed)
            .standard_normal((2, SIZE, SIZE))
            .astype(np.float32)
        )
        for seed in (0, 1)
    ]


@pytest.fixture(scope="module")
def worker():
    with MeasuringWorker() as measuring:
        yield measuring


@pytest.fixture(scope="session")
def spec_of(vmfb, inputs) -> Callable[..., BaselineSpec]:
    """A baseline named after its program, unless told otherwise."""

    def build(name: str, *, key: str = "", references=None, **options) -> BaselineSpec:
        settings = {
            "inputs": inputs,
            "reduction_length": SIZE,
            "device_uri": "local-task",
            "num_threads": 1,
            "min_sample_s": 2e-4,
        } | options
        return BaselineSpec(
            key=key or name,
            path=vmfb(name),
            entry="main",
            references=references,
            **settings,
        )

    return build


@pytest.fixture
def plan() -> MeasurePlan:
    # Where other tests use all cores, a call may wait for milliseconds for its turn: a
    # test that is not about speed tolerates it.
    return MeasurePlan(
        num_rounds=2,
        pairs_per_round=3,
        seed=0,
        too_slow_factor=1e6,
        measures_memory=False,
    )
