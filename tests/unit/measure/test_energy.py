"""Energy from a counter in a folder laid out as Linux's powercap, and without one."""

import time

import pytest

from mlopt.measure.energy import Energy, measure_energy, readable_zones


def make_zone(powercap, name, *, energy_uj, range_uj=1000):
    folder = powercap / name
    folder.mkdir(parents=True)
    (folder / "energy_uj").write_text(f"{energy_uj}\n")
    (folder / "max_energy_range_uj").write_text(f"{range_uj}\n")
    return folder / "energy_uj"


def spend(counter, amount_uj, *, range_uj=1000):
    used = int(counter.read_text()) + amount_uj
    counter.write_text(str(used % (range_uj + 1)))


def test_packages_are_summed_and_divided_by_calls(tmp_path):
    counters = [
        make_zone(tmp_path, f"intel-rapl:{index}", energy_uj=100) for index in range(2)
    ]
    energy = measure_energy(
        lambda: [spend(counter, 15) for counter in counters], 4, powercap=tmp_path
    )
    assert energy == Energy(
        energy_uj=30.0, is_estimated=False, source="RAPL package counter"
    )


def test_a_counter_that_wraps_is_followed(tmp_path):
    counter = make_zone(tmp_path, "intel-rapl:0", energy_uj=990)
    energy = measure_energy(lambda: spend(counter, 30), 1, powercap=tmp_path)
    assert energy.energy_uj == 30.0


def test_parts_of_a_package_are_not_counted_twice(tmp_path):
    make_zone(tmp_path, "intel-rapl:0", energy_uj=1)
    make_zone(tmp_path, "intel-rapl:0:0", energy_uj=1)
    make_zone(tmp_path, "intel-rapl:1", energy_uj=1).unlink()  # may not be read
    assert [zone.folder.name for zone in readable_zones(tmp_path)] == ["intel-rapl:0"]


def test_without_a_counter_energy_is_estimated_from_cpu_time(tmp_path):
    def burn():
        end = time.process_time() + 0.05
        while time.process_time() < end:
            pass

    energy = measure_energy(burn, 2, powercap=tmp_path)
    assert energy.is_estimated
    assert energy.energy_uj == pytest.approx(0.05 * 10e6, rel=0.5)
    assert "estimated" in str(energy)
    assert "10 W" in str(energy)


def test_waiting_costs_no_estimated_energy(tmp_path):
    energy = measure_energy(lambda: time.sleep(0.1), 1, powercap=tmp_path)
    assert energy.energy_uj < 0.05 * 10e6
