"""The questions asked of the database, as SQL that every dialect speaks."""

from collections.abc import Collection

from sqlalchemy import Select, Table, case, func, select

from mlopt.records.schema import PROGRAMS, TRIALS
from mlopt.records.selection import RecordFilter


def bodies(table: Table) -> Select:
    """Rows with what it takes to check and to read a record."""
    return select(table.c.id, table.c.body, table.c.digest)


def best(
    workload: str,
    target: str,
    compiler_version: str,
    space_versions: Collection[str],
) -> Select:
    """The one final record that wins; see `Database.best`."""
    trials = TRIALS.c
    return (
        bodies(TRIALS)
        .where(
            trials.workload == workload,
            trials.target == target,
            trials.compiler_version == compiler_version,
            trials.space_version.in_(list(space_versions)),
            trials.is_final,
            trials.speedup_low > 1.0,
        )
        .order_by(trials.speedup.desc(), trials.speedup_low.desc(), trials.digest)
        .limit(1)
    )


def newest_program(program: str, target: str, compiler_version: str) -> Select:
    """The one result of a program that counts; ties are broken by content."""
    programs = PROGRAMS.c
    return (
        bodies(PROGRAMS)
        .where(
            programs.program == program,
            programs.target == target,
            programs.compiler_version == compiler_version,
        )
        .order_by(programs.created_at.desc(), programs.digest)
        .limit(1)
    )


def count(chosen: RecordFilter) -> Select:
    """One number."""
    return select(func.count()).select_from(TRIALS).where(chosen.clause())


def summary(chosen: RecordFilter) -> Select:
    """Rows with the fields of `Summary`."""
    trials = TRIALS.c
    key = (trials.workload, trials.kind, trials.target, trials.compiler_version)
    won = trials.is_final & (trials.speedup_low > 1.0)
    return (
        select(
            *key,
            func.count().label("num_trials"),
            func.count(trials.status).label("num_failures"),
            func.max(case((won, trials.speedup))).label("best_speedup"),
            func.max(trials.created_at).label("last_at"),
        )
        .where(chosen.clause())
        .group_by(*key)
        .order_by(*key)
    )
