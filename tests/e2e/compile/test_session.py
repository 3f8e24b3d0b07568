"""The compiler as functions: phases, schedules, determinism, what errors say."""

import io
import re

import iree.runtime
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mlopt.core.errors import CompileError, InputError, ScheduleError
from mlopt.isolation import Worker

COMPILE_S = 120.0
FLAGS = (
    "--iree-hal-target-device=local",
    "--iree-hal-local-target-device-backends=llvm-cpu",
    "--iree-llvmcpu-target-cpu=host",
)
MATMUL = """
func.func @main(%a: tensor<64x128xf32>, %b: tensor<128x96xf32>) -> tensor<64x96xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<64x96xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<64x96xf32>)
    -> tensor<64x96xf32>
  %c = linalg.matmul ins(%a, %b : tensor<64x128xf32>, tensor<128x96xf32>)
    outs(%init : tensor<64x96xf32>) -> tensor<64x96xf32>
  return %c : tensor<64x96xf32>
}
"""
EXECUTABLE = "main_dispatch_0"


class Compiler:
    """The functions of mlopt.compile.session, called in a worker."""

    def __init__(self):
        self.worker = Worker(preload=("mlopt.compile.session",))

    def __getattr__(self, name):
        job = f"mlopt.compile.session:{name}"
        return lambda *args: self.worker.call(job, *args, timeout_s=COMPILE_S)


@pytest.fixture(scope="module")
def compiler():
    compiler = Compiler()
    yield compiler
    compiler.worker.close()


@pytest.fixture(scope="module")
def matmul_flow(compiler):
    return compiler.to_flow(MATMUL, FLAGS)


def script(body):
    """A schedule whose entry has the matmul as %matmul."""
    return f"""module attributes {{transform.with_named_sequence}} {{
      transform.named_sequence @__transform_main(
          %executable: !transform.any_op {{transform.readonly}}) {{
        %matmul = transform.structured.match ops{{["linalg.matmul"]}} in %executable
          : (!transform.any_op) -> !transform.any_op
        {body}
        transform.yield
      }}
    }}"""


def configured(tiles):
    """A schedule that gives the matmul these register tiles, e.g. "8, 32, 0"."""
    return script(f"""
        %config = transform.param.constant #iree_codegen.compilation_info<
          lowering_config = #iree_cpu.lowering_config<
            distribution = [32, 32, 0],
            vector_common_parallel = [{tiles}],
            vector_reduction = [0, 0, 1]>,
          translation_info = #iree_codegen.translation_info<
            pipeline = #iree_cpu.pipeline<DoubleTilingExpert>>>
          -> !transform.any_param
        transform.annotate %matmul "compilation_info" = %config
          : !transform.any_op, !transform.any_param""")


# A stock tuning spec that gives every matmul of this shape other tiles.
TUNING_SPEC = """
module @spec attributes {transform.with_named_sequence} {
  transform.named_sequence @apply(
      %op: !transform.any_op {transform.readonly},
      %config: !transform.any_param {transform.readonly}) {
    transform.annotate %op "compilation_info" = %config
      : !transform.any_op, !transform.any_param
    transform.yield
  }
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly})
      -> (!transform.any_op, !transform.any_param) {
    transform.match.operation_name %op ["linalg.matmul"] : !transform.any_op
    %config = transform.param.constant #iree_codegen.compilation_info<
      lowering_config = #iree_cpu.lowering_config<
        distribution = [32, 32, 0],
        vector_common_parallel = [2, 16, 0],
        vector_reduction = [0, 0, 1]>,
      translation_info = #iree_codegen.translation_info<
        pipeline = #iree_cpu.pipeline<DoubleTilingExpert>>>
      -> !transform.any_param
    transform.yield %op, %config : !transform.any_op, !transform.any_param
  }
  transform.named_sequence @__kernel_config(
      %op: !transform.any_op {transform.consumed})
      -> !transform.any_op attributes {iree_codegen.tuning_spec_entrypoint} {
    %done = transform.foreach_match in %op @match -> @apply
      : (!transform.any_op) -> !transform.any_op
    transform.yield %done : !transform.any_op
  }
}
"""


def run(vmfb, entry, *arguments):
    context = iree.runtime.SystemContext(config=iree.runtime.Config("local-sync"))
    module = iree.runtime.VmModule.copy_buffer(context.instance, vmfb)
    context.add_vm_module(module)
    return context.modules[module.name][entry](*arguments).to_host()


@pytest.fixture(scope="module")
def operands():
    rng = np.random.default_rng(0)
    shapes = [(64, 128), (128, 96)]
    return [rng.standard_normal(shape).astype(np.float32) for shape in shapes]


def test_the_main_process_does_not_import_the_compiler():
    loaded = Worker().call("mlopt.isolation.drills:loaded_modules", timeout_s=COMPILE_S)
    assert isinstance(loaded, list)
    assert "iree.compiler" not in loaded


def test_a_partitioned_program_computes_what_was_asked(compiler, matmul_flow, operands):
    vmfb = compiler.flow_to_vmfb(matmul_flow, FLAGS)
    a, b = operands
    np.testing.assert_allclose(run(vmfb, "main", a, b), a @ b, atol=1e-4)


def test_going_through_flow_gives_the_same_module_as_going_straight(
    compiler, matmul_flow
):
    straight = compiler.compile_program(MATMUL, FLAGS)
    assert compiler.flow_to_vmfb(matmul_flow, FLAGS) == straight


def test_compiling_is_deterministic(compiler, matmul_flow):
    assert compiler.to_flow(MATMUL, FLAGS) == matmul_flow
    first, second = (
        compiler.flow_to_vmfb(matmul_flow, FLAGS, {EXECUTABLE: configured("8, 16, 0")})
        for _ in range(2)
    )
    assert first == second


def test_flow_is_accepted_as_text_too(compiler, matmul_flow, operands):
    text = compiler.to_text(matmul_flow)
    assert f"flow.executable private @{EXECUTABLE}" in text
    a, b = operands
    vmfb = compiler.flow_to_vmfb(text, FLAGS)
    np.testing.assert_allclose(run(vmfb, "main", a, b), a @ b, atol=1e-4)


def test_a_schedule_changes_the_code_and_not_the_result(
    compiler, matmul_flow, operands
):
    default = compiler.flow_to_vmfb(matmul_flow, FLAGS)
    tuned = compiler.flow_to_vmfb(
        matmul_flow, FLAGS, {EXECUTABLE: configured("4, 16, 0")}
    )
    assert tuned != default
    a, b = operands
    np.testing.assert_allclose(run(tuned, "main", a, b), a @ b, atol=1e-4)


def test_a_schedule_that_does_nothing_changes_nothing(compiler, matmul_flow):
    default = compiler.flow_to_vmfb(matmul_flow, FLAGS)
    assert (
        compiler.flow_to_vmfb(matmul_flow, FLAGS, {EXECUTABLE: script("")}) == default
    )
    assert compiler.flow_to_vmfb(matmul_flow, FLAGS, {}) == default


def test_a_scheduled_flow_module_carries_the_schedule(compiler, matmul_flow):
    scheduled = compiler.schedule_flow(
        matmul_flow, {EXECUTABLE: configured("4, 16, 0")}
    )
    text = compiler.to_text(scheduled)
    assert "vector_common_parallel = [4, 16, 0]" in text
    vmfb = compiler.flow_to_vmfb(scheduled, FLAGS)
    assert vmfb == compiler.flow_to_vmfb(
        matmul_flow, FLAGS, {EXECUTABLE: configured("4, 16, 0")}
    )


def test_flags_of_one_compilation_do_not_reach_the_next(
    compiler, matmul_flow, tmp_path
):
    default = compiler.flow_to_vmfb(matmul_flow, FLAGS)
    spec = tmp_path / "spec.mlir"
    spec.write_text(TUNING_SPEC)
    flags = (*FLAGS, f"--iree-codegen-tuning-spec-path={spec}")
    tuned = compiler.flow_to_vmfb(matmul_flow, flags)
    assert tuned != default
    assert compiler.flow_to_vmfb(matmul_flow, FLAGS) == default


def test_large_constants_travel_as_bytecode_both_ways(compiler):
    weights = np.random.default_rng(0).standard_normal((1024, 1024)).astype(np.float32)
    stablehlo = export(lambda x: x @ weights, jnp.zeros((4, 1024), jnp.float32))
    linalg = compiler.lower_to_linalg(stablehlo)
    flow = compiler.to_flow(linalg, FLAGS)
    assert weights.nbytes < len(flow) < 1.01 * weights.nbytes
    assert compiler.to_flow(linalg, FLAGS) == flow
    vmfb = compiler.flow_to_vmfb(flow, FLAGS)
    x = np.random.default_rng(1).standard_normal((4, 1024)).astype(np.float32)
    np.testing.assert_allclose(run(vmfb, "main", x), x @ weights, atol=1e-3)


def test_stablehlo_becomes_linalg(compiler):
    stablehlo = export(lambda x: jnp.tanh(x) @ x, jnp.zeros((8, 8), jnp.float32))
    text = compiler.to_text(compiler.lower_to_linalg(stablehlo))
    assert "linalg." in text
    assert "stablehlo." not in text


def export(function, *arguments):
    """StableHLO bytecode of a JAX function, entry @main."""
    lowered = jax.jit(function).lower(*arguments)
    buffer = io.BytesIO()
    module = lowered.compiler_ir("stablehlo")
    assert module is not None
    module.operation.write_bytecode(buffer)
    return buffer.getvalue()


def test_unparsable_ir_is_an_input_error_with_its_place(compiler):
    with pytest.raises(InputError) as caught:
        compiler.to_flow("func.func @f() {\n  linalg.nonsense\n}", FLAGS)
    assert str(caught.value) == (
        "module.mlir:2:3: error: custom op 'linalg.nonsense' is unknown"
    )
    with pytest.raises(InputError, match="bytecode version"):
        compiler.to_flow(b"ML\xefR garbage", FLAGS)


def test_an_operation_that_iree_refuses_is_named_with_the_users_line(compiler):
    module = """func.func @main(%a: tensor<4xf32>) -> tensor<4xf32> {
      %0 = stablehlo.custom_call @foo(%a) : (tensor<4xf32>) -> tensor<4xf32>
        loc("user.py":12:3)
      return %0 : tensor<4xf32>
    }"""
    with pytest.raises(CompileError) as caught:
        compiler.compile_program(module, FLAGS)
    assert str(caught.value) == (
        "user.py:12:3: error: failed to legalize operation 'stablehlo.custom_call' "
        "that was explicitly marked illegal"
    )
    assert '"stablehlo.custom_call"(%arg0)' in caught.value.diagnostics


def test_an_unknown_flag_is_a_sentence(compiler):
    with pytest.raises(
        CompileError, match=r"^a compiler flag was refused: .*nonsense$"
    ):
        compiler.to_flow(MATMUL, (*FLAGS, "--iree-nonsense=1"))


def test_a_schedule_for_an_executable_that_is_not_there_names_those_that_are(
    compiler, matmul_flow
):
    with pytest.raises(ScheduleError, match=f"no executable @other.*{EXECUTABLE}"):
        compiler.flow_to_vmfb(matmul_flow, FLAGS, {"other": script("")})


BROKEN = {
    "does not parse: line 6: custom op 'transform.nonsense' is unknown": script(
        "transform.nonsense"
    ),
    "has no entry @__transform_main": script("").replace("__transform_main", "other"),
    # Silenceable: a parent is not found.
    "does not apply to @main_dispatch_0: line 6: could not find a parent op": script(
        '%0 = transform.get_parent_op %executable <{op_name = "scf.for"}> '
        ": (!transform.any_op) -> !transform.any_op"
    ),
    # Definite: the op is no legal target at all.
    "does not apply to @main_dispatch_0: line 6: .*isolated-from-above": script(
        "%0 = transform.structured.vectorize_children_and_apply_patterns %matmul "
        ": (!transform.any_op) -> !transform.any_op"
    ),
}


@pytest.mark.parametrize("message", BROKEN)
def test_a_broken_schedule_is_a_schedule_error_with_its_line(
    compiler, matmul_flow, message
):
    with pytest.raises(ScheduleError) as caught:
        compiler.flow_to_vmfb(matmul_flow, FLAGS, {EXECUTABLE: BROKEN[message]})
    assert re.search(message, str(caught.value))
    assert "\n" not in str(caught.value)


def test_nothing_is_printed_not_even_for_errors_and_warnings(
    compiler, matmul_flow, capfd
):
    compiler.flow_to_vmfb(matmul_flow, FLAGS)
    with pytest.raises(CompileError):
        compiler.flow_to_vmfb(matmul_flow, FLAGS, {EXECUTABLE: configured("8, 16, 8")})
    assert compiler.worker.output_tail() == ""
    shown = capfd.readouterr()
    assert shown.out == shown.err == ""


def test_a_worker_does_not_grow_with_each_compilation(compiler, matmul_flow):
    def resident_bytes():
        with open(f"/proc/{compiler.worker.pid}/statm") as file:
            return int(file.read().split()[1]) * 4096

    def compile_often(times):
        for _ in range(times):
            compiler.to_flow(MATMUL, FLAGS)
            compiler.schedule_flow(matmul_flow, {EXECUTABLE: script("")})

    compile_often(10)
    before = resident_bytes()
    compile_often(40)
    # A leaked context would be 1 MB and more each time.
    assert resident_bytes() - before < 20 << 20
