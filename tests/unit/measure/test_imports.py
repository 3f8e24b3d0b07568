"""The parent's half of measuring loads neither JAX nor IREE."""

import subprocess
import sys


def test_the_parents_half_imports_no_device_library():
    code = (
        "import sys, mlopt.measure.client, mlopt.measure.profile,"
        " mlopt.measure.statistics, mlopt.measure.utilization\n"
        "heavy = {name.partition('.')[0] for name in sys.modules} & {'jax', 'iree'}\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
