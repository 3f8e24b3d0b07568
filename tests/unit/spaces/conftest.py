"""What is offered for a workload, shared by the tests of spaces."""

import pytest

from mlopt.search.space import elaborate_all


@pytest.fixture
def offers(templates, cpu):
    """Spaces of a workload by name."""

    def find(workload, target=cpu):
        found = elaborate_all(workload, target, templates)
        return {each.space.name: each for each in found}

    return find
