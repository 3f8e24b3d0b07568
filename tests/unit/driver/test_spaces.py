"""Which spaces a run has: those that travel with mlopt, and a user's in their place."""

import hashlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from mlopt.core.candidate import Trace
from mlopt.core.errors import InputError, ScheduleError
from mlopt.dialect.builders import space
from mlopt.driver.spaces import SpaceLibrary, SpaceSource, load_spaces, source_of
from mlopt.isolation import Worker

OWN = Path(__file__).parents[2] / "filecheck" / "opt" / "Inputs" / "own_space.mlir"
CONTRACTIONS = {
    "prepacked.contraction",
    "packed.contraction",
    "configured.contraction",
    "configured.matrix_vector",
    "scripted.row_products",
    "direct.pointwise",
}


@pytest.fixture(scope="module")
def call():
    with closing(Worker(name="spaces")) as worker:
        yield lambda job, *args: worker.call(job, *args, timeout_s=60.0)


@pytest.fixture
def load(call) -> Callable[..., SpaceLibrary]:
    def read(text: str) -> SpaceLibrary:
        return load_spaces(call, SpaceSource(text, "own.mlir"))

    return read


def names(library: SpaceLibrary) -> list[str]:
    return [template.name for template in library.templates]


def spaces_text(**kinds: str) -> str:
    """Spaces without anything in them, by name the kind that each is for."""
    return "\n".join(
        f'"mlopt.space"() ({{ "transform.yield"() : () -> () }})'
        f' {{sym_name = "{name}", kind = "{kind}", target = "llvm-cpu",'
        f' version = "3"}} : () -> ()'
        for name, kind in kinds.items()
    )


def test_without_a_users_file_a_run_has_what_travels_with_mlopt(call, templates):
    library = load_spaces(call, None)
    assert library == SpaceLibrary(templates)
    assert library.keys == tuple(f"{t.name}@{t.version}" for t in templates)
    assert "packed.contraction@2" in library.keys


def test_a_users_file_takes_the_place_of_the_kinds_it_covers(call, templates):
    library = load_spaces(call, source_of(OWN))
    shipped = [template.name for template in templates]
    kept = [name for name in shipped if name not in CONTRACTIONS]
    assert set(shipped) > CONTRACTIONS
    assert names(library) == ["rows_alone", *kept]


def test_several_spaces_of_a_file_keep_their_order(load):
    library = load(spaces_text(second="reduction", first="reduction"))
    assert names(library)[:2] == ["second", "first"]
    assert "configured.reduction" not in names(library)
    assert set(names(library)) > CONTRACTIONS


def test_a_space_for_any_kind_stands_before_all_others(load, templates):
    library = load(spaces_text(mine="any"))
    assert names(library) == ["mine", *(template.name for template in templates)]


def test_a_name_is_of_one_space_whatever_its_kind(load):
    text = spaces_text(mine="any").replace('"mine"', '"configured.reduction"')
    library = load(text)
    assert names(library).count("configured.reduction") == 1
    assert library.templates[0].kind == "any"


def test_a_users_key_carries_the_digest_of_the_text(load, templates):
    text = spaces_text(mine="reduction")
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    library = load(text)
    assert library.keys[0] == f"mine@3+{digest}"
    assert set(library.keys[1:]) < {template.key for template in templates}


def test_another_text_has_another_key_and_the_same_text_the_same(load):
    text = spaces_text(mine="reduction")
    again, changed = load(text), load(f"// A word more.\n{text}")
    assert again == load(text)
    assert changed.keys[0] != again.keys[0]
    assert changed.keys[1:] == again.keys[1:]


def test_a_trace_is_of_the_space_of_its_name(load):
    library = load(spaces_text(mine="reduction"))
    trace = Trace(space="mine", decisions=(("rows", 1),))
    assert library.of(trace) is library.templates[0]
    with pytest.raises(ScheduleError, match=r"there is no space configured\.reduction"):
        library.of(Trace(space="configured.reduction"))


def test_a_space_written_in_python_is_read_like_a_file(call):
    @space(kind="reduction", version="7")
    def mine(s):
        s.knob("rows", (1, 2), 1)

    library = load_spaces(call, source_of(mine))
    assert library.keys[0].startswith("mine@7+")
    # It has places now, in the text that was made of it.
    knob = next(t for t in library.templates[0].lines if t.op == "mlopt.knob")
    assert knob.place.startswith("mine:")


def test_a_file_that_is_not_there_is_a_sentence(tmp_path):
    path = tmp_path / "none.mlir"
    with pytest.raises(InputError, match="cannot be read: No such file"):
        source_of(path)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        source_of(tmp_path)


def test_a_binary_file_is_no_file_of_spaces(tmp_path):
    path = tmp_path / "program.vmfb"
    path.write_bytes(b"\x00\xff\xfe\x80")
    with pytest.raises(InputError, match=r"program\.vmfb is no text"):
        source_of(str(path))


OUTSIDE = """%c1 = arith.constant 1 : i64
"mlopt.space"() ({
  %sizes = "mlopt.tiles"(%c1, %c1, %c1) : (i64, i64, i64) -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()
"""


@pytest.mark.parametrize(
    ("text", "place", "sentence"),
    [
        ('"mlopt.space"() ({', "own.mlir:1:18", "expected"),
        ("\n  module { oops }", "own.mlir:2:12", "oops"),
        ('\n "mlopt.knob"() : () -> ()', "own.mlir:2:2", "'mlopt.knob' expects"),
        (
            spaces_text(mine="any").replace('"llvm-cpu"', "3"),
            "own.mlir:1:1",
            "target",
        ),
        (OUTSIDE, "own.mlir:3:12", "reads a value that is not of its space"),
    ],
    ids=["cut off", "no op", "not in a space", "wrong attribute", "from outside"],
)
def test_what_is_wrong_in_a_file_is_said_with_its_line(load, text, place, sentence):
    with pytest.raises(InputError) as raised:
        load(text)
    first, *more = str(raised.value).splitlines()
    assert first.startswith(f"{place}: error: ")
    assert sentence in first
    assert more == []


@pytest.mark.parametrize("text", ["", "module {}", "// Nothing yet.\n"])
def test_a_file_without_a_space_is_refused(load, text):
    with pytest.raises(InputError, match=r"own\.mlir holds no 'mlopt\.space'"):
        load(text)
