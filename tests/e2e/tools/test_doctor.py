"""`mlopt doctor` and `mlopt --version` tell the truth about this machine."""

from importlib import metadata

from mlopt.targets.machine import count_cores


def test_the_cpu_works_here_and_every_target_has_its_line(mlopt):
    done = mlopt("doctor")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    lines = {line.split()[0]: line for line in done.stdout.splitlines() if line}
    assert "works  compiled and ran a program" in lines["llvm-cpu"]
    assert {"vulkan", "cuda", "tpu"} <= lines.keys()
    assert f"{count_cores()} to use" in lines["cores"]
    assert "there is no record database" in lines["records:"]


def test_a_broken_record_database_is_reported_not_fatal(mlopt, tmp_path):
    path = tmp_path / "broken.db"
    path.write_bytes(b"this is no database" * 100)
    done = mlopt("doctor", "--db", str(path))
    assert done.returncode == 0
    assert "broken.db" in done.stdout.splitlines()[-1]


def test_version_names_mlopt_jax_iree_and_llvm(mlopt):
    done = mlopt("--version")
    assert done.returncode == 0
    versions = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert versions["jax"] == metadata.version("jax")
    assert versions["iree-compiler"] == metadata.version("iree-base-compiler")
    assert versions["llvm"][0].isdigit()
    assert "mlopt" in versions
