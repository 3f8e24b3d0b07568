"""The attributes that tell IREE how to compile a dispatch.

Typed inputs, one printer: sizes come in as integers, attributes of IREE's codegen
dialects come out, parsed (and so verified) in the current context.
"""

from collections.abc import Mapping, Sequence

from iree.compiler import ir

_LEVELS = (
    "distribution",
    "cache_parallel",
    "cache_reduction",
    "vector_common_parallel",
    "vector_reduction",
    "vector_inner_parallel",
)


def lowering_config(levels: Mapping[str, Sequence[int]]) -> ir.Attribute:
    """Tile sizes on IREE's CPU levels; a level that is all 0 is left out.

    Raises:
        ValueError: an unknown level.
    """
    unknown = set(levels) - set(_LEVELS)
    if unknown:
        raise ValueError(f"unknown tiling levels {sorted(unknown)}")
    entries = ", ".join(
        f"{name} = [{', '.join(str(int(s)) for s in levels[name])}]"
        for name in _LEVELS
        if name in levels and (any(levels[name]) or name == "distribution")
    )
    return ir.Attribute.parse(f"#iree_cpu.lowering_config<{entries}>")


def configured_info(
    levels: Mapping[str, Sequence[int]], *, pipeline: str, peel: bool = False
) -> ir.Attribute:
    """compilation_info for one of IREE's CPU pipelines."""
    options = ", {enable_loop_peeling}" if peel else ""
    return ir.Attribute.parse(
        f"#iree_codegen.compilation_info<lowering_config = {lowering_config(levels)}, "
        "translation_info = #iree_codegen.translation_info<"
        f"pipeline = #iree_cpu.pipeline<{pipeline}>{options}>>"
    )


def scripted_info(library_file: str, entry_point: str) -> ir.Attribute:
    """compilation_info whose pipeline runs a named sequence from a library file.

    The file name is relative: the compiler must run in the folder that holds it.
    """
    return ir.Attribute.parse(
        "#iree_codegen.compilation_info<lowering_config = "
        f'#iree_cpu.lowering_config<mlopt_kernel = "{entry_point}">, '
        f"translation_info = {scripted_translation(library_file, entry_point)}>"
    )


def scripted_translation(library_file: str, entry_point: str) -> ir.Attribute:
    """translation_info that does the same, for the function instead of an op."""
    runner = (
        "iree-transform-dialect-interpreter{"
        f"library-file-name={library_file} entry-point={entry_point}}}"
    )
    return ir.Attribute.parse(
        "#iree_codegen.translation_info<"
        f'pipeline = #iree_codegen.pass_pipeline<"{runner}">>'
    )
