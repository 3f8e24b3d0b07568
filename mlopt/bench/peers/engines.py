"""A PyTorch model -> something each peer calls again and again.

Every engine holds its inputs as the framework's own tensors, and leaves its outputs
as such. Threads spin or sleep as each framework does by default. Imports torch, and
onnxruntime or openvino when one is asked for.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch

from mlopt.bench.peers.standing import Peer
from mlopt.bench.peers.torch_models.building import TorchProgram
from mlopt.measure.sampling import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """A program, ready to be called.

    Attributes:
        run: returns when the results are complete.
        outputs: of another call, as NumPy arrays.
        inputs: the memory that a call reads, where the framework does not hold it.
    """

    run: Call
    outputs: Callable[[], Sequence[np.ndarray]]
    inputs: Sequence[np.ndarray] = ()

    def call(self) -> object:
        """Run; whoever has this method holds the inputs too."""
        return self.run()


def start(peer: Peer, program: TorchProgram, num_threads: int) -> Engine:
    """The engine of a peer.

    Raises:
        Exception: whatever the framework raises where it cannot.
    """
    torch.set_num_threads(num_threads)
    return _STARTS[peer](program, num_threads)


def _eager(program: TorchProgram, num_threads: int) -> Engine:
    return _torch_engine(program.module, program)


def _compiled(program: TorchProgram, num_threads: int) -> Engine:
    from torch import _inductor as inductor

    # What the mode stands for; a call takes a mode or options, not both.
    options = dict(inductor.list_mode_options("max-autotune", dynamic=False))
    # Weights are constants, as ONNX Runtime and OpenVINO take them: packed beforehand.
    options["freezing"] = True
    compiled = torch.compile(program.module, options=options, dynamic=False)
    return _torch_engine(compiled, program)


def _torch_engine(module: Any, program: TorchProgram) -> Engine:
    inputs = program.inputs

    @torch.inference_mode()
    def call() -> Any:
        return module(*inputs)

    def outputs() -> list[np.ndarray]:
        found = call()
        found = found if isinstance(found, tuple) else (found,)
        return [x.numpy() for x in found]

    return Engine(run=call, outputs=outputs)


def _onnxruntime(program: TorchProgram, num_threads: int) -> Engine:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = num_threads
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        _onnx(program), options, providers=["CPUExecutionProvider"]
    )
    binding = session.io_binding()
    arrays = _arrays(program)
    for argument, array in zip(session.get_inputs(), arrays, strict=True):
        value = onnxruntime.OrtValue.ortvalue_from_numpy(array)
        binding.bind_ortvalue_input(argument.name, value)
    for result in session.get_outputs():
        binding.bind_output(result.name)

    def call() -> None:
        session.run_with_iobinding(binding)

    def outputs() -> list[np.ndarray]:
        call()
        return binding.copy_outputs_to_cpu()

    return Engine(run=call, outputs=outputs, inputs=arrays)


def _openvino(program: TorchProgram, num_threads: int) -> Engine:
    import openvino

    core = openvino.Core()
    options = {
        "PERFORMANCE_HINT": "LATENCY",
        "NUM_STREAMS": "1",
        "INFERENCE_NUM_THREADS": str(num_threads),
        # It would take bfloat16 where the processor multiplies that faster.
        "INFERENCE_PRECISION_HINT": "f32",
    }
    model = core.read_model(_onnx(program))
    request = core.compile_model(model, "CPU", options).create_infer_request()
    arrays = _arrays(program)
    for position, array in enumerate(arrays):
        request.set_input_tensor(position, openvino.Tensor(array, shared_memory=True))

    def call() -> None:
        request.infer()

    def outputs() -> list[np.ndarray]:
        call()
        return [np.array(tensor.data) for tensor in request.output_tensors]

    return Engine(run=call, outputs=outputs, inputs=arrays)


def _onnx(program: TorchProgram) -> bytes:
    exported = torch.onnx.export(
        program.module, program.inputs, dynamo=True, verbose=False
    )
    return exported.model_proto.SerializeToString()


def _arrays(program: TorchProgram) -> list[np.ndarray]:
    """The inputs as ONNX has them: contiguous, images with channels first."""
    return [x.contiguous().numpy() for x in program.inputs]


_STARTS: Final[Mapping[Peer, Callable[[TorchProgram, int], Engine]]] = {
    Peer.TORCH: _eager,
    Peer.TORCH_COMPILE: _compiled,
    Peer.ONNXRUNTIME: _onnxruntime,
    Peer.OPENVINO: _openvino,
}
