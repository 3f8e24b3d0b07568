"""mlopt-apply-schedule and mlopt-records: schedules onto the workloads of a program.

Imports iree.compiler.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from iree.compiler import ir

from mlopt.compile.scheduling import apply_schedule
from mlopt.core.candidate import Schedule
from mlopt.core.errors import InputError
from mlopt.core.workload import Workload
from mlopt.dialect.reading import shipped_templates
from mlopt.driver.jobs_api import library_file
from mlopt.driver.opt.scheduling import contents
from mlopt.driver.opt.scheduling.plans import plan_for
from mlopt.driver.opt.scheduling.targets import target_of
from mlopt.driver.opt.workloads import option_set_of, workloads_of
from mlopt.records import Database
from mlopt.schedules import emit
from mlopt.targets.registry import find_target


def apply_file(
    module: Any, options: Mapping[str, str], write: Callable[[str], None]
) -> None:
    """Mark the ops of workloads as the schedules of a file say.

    Every schedule of the file is checked: that its space is in the file and fits, that
    its decisions are legal, and that the program holds its workload.

    Options:
        file: of spaces and schedules in the mlopt dialect.
        libraries: folder for the files that scripted schedules refer to; the compiler
            has to run there. Without it none is written.

    Raises:
        InputError: what does not fit.
        ScheduleError: a space that cannot be lowered for its workload.
    """
    if "file" not in options:
        raise InputError("mlopt-apply-schedule needs a file of schedules: file=…")
    source = _parse(options["file"], module.context)
    templates = contents.templates_in(source, options["file"])
    _check_options(module, source, options["file"])
    workloads = {workload.hash: workload for workload in workloads_of(module)}
    target = target_of(source)
    chosen: dict[str, Schedule] = {}
    for schedule in contents.schedules_in(source):
        if schedule.workload not in workloads:
            raise InputError(f"the program holds no workload '{schedule.workload}'")
        if schedule.workload in chosen:
            raise InputError(f"two schedules for workload '{schedule.workload}'")
        workload = workloads[schedule.workload]
        plan = plan_for(templates, schedule.space, workload, target)
        trace = contents.trace_of(schedule, plan.space)
        chosen[workload.hash] = emit.emit(workload, trace, plan)
    if not chosen:
        raise InputError(f"{options['file']} holds no schedule")
    _apply(module, workloads, chosen, options)


def _check_options(module: Any, source: Any, path: str) -> None:
    """The same kernel has another hash under other options of the compiler."""
    wanted, found = option_set_of(source), option_set_of(module)
    if wanted != found:
        raise InputError(
            f"the schedules of {path} were found under the option set '{wanted}', and "
            f"the program was partitioned under '{found}': use "
            f"--mlopt-partition=options={wanted}"
        )


def apply_records(
    module: Any, options: Mapping[str, str], write: Callable[[str], None]
) -> None:
    """Mark the ops of workloads as the best records for this machine say.

    A workload without a record keeps the compiler's own choice.

    Options:
        db: a path or an SQLAlchemy URL; the user's own database otherwise.
        libraries: as of mlopt-apply-schedule.

    Raises:
        RecordError: the database cannot be read.
    """
    target = find_target()
    workloads = {workload.hash: workload for workload in workloads_of(module)}
    versions = [template.key for template in shipped_templates()]
    chosen = {}
    with Database.open(options.get("db"), create=False) as database:
        for key in workloads:
            record = database.best(key, target.key, target.compiler_version, versions)
            if record is not None:
                chosen[key] = Schedule(
                    workload=key, trace=record.trace, script=record.script
                )
    if chosen:
        _apply(module, workloads, chosen, options)


def _apply(
    module: Any,
    workloads: Mapping[str, Workload],
    chosen: Mapping[str, Schedule],
    options: Mapping[str, str],
) -> None:
    for key, schedule in chosen.items():
        _write_library(schedule, options.get("libraries"))
        for executable in contents.executables_of(module, workloads[key]):
            symbol = ir.StringAttr(executable.attributes["sym_name"]).value
            apply_schedule(executable, symbol, schedule.script)


def _write_library(schedule: Schedule, folder: str | None) -> None:
    name = library_file(schedule)
    if name is None or folder is None:
        return
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        Path(folder, name).write_text(schedule.script, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror}") from error


def _parse(path: str, context: Any) -> Any:
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    try:
        return ir.Module.parse(data, context)
    except ir.MLIRError as error:
        raise InputError(f"{path} does not parse") from error
