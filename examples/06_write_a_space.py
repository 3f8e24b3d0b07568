"""A search space of one's own, written in Python.

What the function says is the same as what a file of the mlopt dialect says, and is
printed as one: `mlopt tune SRC --space FILE` takes it from there.
"""

import mlopt


@mlopt.space(kind="elementwise")
def rows_and_vectors(s):
    """Elementwise kernels: whole vectors along the last loop, some rows at a time."""
    lanes = s.property("target.vector_lanes")
    with s.per_loop("parallel", num_results=2) as sizes:
        extent = s.loop("extent")
        is_inner = s.loop("is_innermost") == 1
        dist = s.knob("dist", s.tiles(extent, 1, 512), default=64)
        vec = s.knob("vec", s.tiles(extent, 1, lanes * 4), s.select(is_inner, lanes, 1))
        s.require(vec <= dist, "a vector must fit its workgroup's tile")
        s.collect(dist, vec)
    s.require(s.product(sizes[1]) <= lanes * 64, "the unrolled tile must stay small")
    root = s.payload("root")
    s.configure(root, sizes[0], level="distribution")
    s.configure(root, sizes[1], level="vector_common_parallel")
    s.pipeline(root, False, name="DoubleTilingExpert")


def main() -> None:
    """Print the space as MLIR."""
    print(mlopt.space_text(rows_and_vectors))


if __name__ == "__main__":
    main()
