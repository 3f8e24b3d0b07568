"""Other frameworks beside mlopt: PyTorch, ONNX Runtime and OpenVINO, in float32.

Each runs the same model with the same weights in a process of its own, and takes its
turns with everybody else. None of them has to be installed: `pip install mlopt[peers]`.
Only what runs in their processes (`engines`, `jobs`, `torch_models`) imports them.
"""
