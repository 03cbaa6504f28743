"""``jianheng simulate``: a province at work in virtual time; ``jianheng simulate compare``: two policies, side by side."""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jianheng.config.simulation.parameters import Parameters


def register(commands: Any) -> None:
    """Add the verb."""
    simulate = commands.add_parser("simulate", help="模拟一个省的运行 · a province at work in virtual time")
    simulate.set_defaults(run=_run)
    _common(simulate)
    simulate.add_argument("--seed", type=int, default=1, help="随机种子；相同的种子办出相同的案件")
    simulate.add_argument("--parameters", type=Path, metavar="FILE", help="另写的参数文件，只写要改的数")
    simulate.add_argument("--home", type=Path, metavar="DIR", help="把模拟的平台留在这个新目录，供 jianheng run 查看")
    simulate.add_argument("--http", action="store_true", help="工作人员经接口、当事人经网页办理，比直接办理慢")
    compare = simulate.add_subparsers(metavar="compare").add_parser("compare", help="比较两种政策")
    compare.add_argument("policies", nargs=2, metavar="POLICY", help="随软件提供的政策名，或者参数文件")
    compare.add_argument("--seeds", type=int, default=5, help="每种政策模拟几次")
    _common(compare)
    compare.set_defaults(run=_compare)


def _common(parser: Any) -> None:
    parser.add_argument("--days", type=_days, default=120, help="模拟多少日")
    parser.add_argument("--full", action="store_true", help="全省规模：93个法院、524家机构")
    parser.add_argument("--requests", type=float, metavar="N", help="每个法院每年的申请数")
    parser.add_argument("--out", type=Path, default=Path("out/simulation"), metavar="DIR")


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= 366:
        raise argparse.ArgumentTypeError("应当是1到366日")
    return days


def _parameters(given: argparse.Namespace, path: Path | None) -> Parameters:
    from jianheng.config.simulation.parameters import load

    changes: dict[str, Any] = {}
    if given.requests is not None:
        changes["requests_per_court_year"] = {"value": given.requests, "source": "命令行 --requests"}
    return load(path, full=given.full, **changes)


@contextmanager
def _home(given: Path | None) -> Iterator[Path]:
    """A directory for the platform: the one given, which stays, or one that goes."""
    if given is not None:
        yield given
        return
    name = Path(tempfile.mkdtemp(prefix="jianheng-simulation-"))
    name.chmod(0o755)
    try:
        yield name / "home"
    finally:
        shutil.rmtree(name, ignore_errors=True)


@contextmanager
def _progress(days: int, said: str) -> Iterator[Callable[[int], None]]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task(said, total=days)
        yield lambda day: progress.update(task, completed=day)


def _run(given: argparse.Namespace) -> int:
    from jianheng.config.simulation.errors import HomeInUseError

    if given.home is not None and given.home.exists() and any(given.home.iterdir()):
        raise HomeInUseError(about=str(given.home))
    parameters = _parameters(given, given.parameters)
    with _home(given.home) as home:
        from jianheng.config.simulation.stage import Stage

        with Stage(home):
            return _play(given, parameters)


def _play(given: argparse.Namespace, parameters: Parameters) -> int:
    from jianheng.config.simulation import history, over_http, report, running, world

    driver = over_http.OverHttp if given.http else world.VirtualTime
    started = time.perf_counter()
    population = running.populate(parameters, days=given.days, seed=given.seed)
    made = time.perf_counter()
    with _progress(given.days, parameters.title) as told:
        played = running.play(population, parameters, days=given.days, seed=given.seed, told=told, driver=driver)
    spent = time.perf_counter() - made
    given.out.mkdir(parents=True, exist_ok=True)
    with (given.out / "history.jsonl").open("w", encoding="utf-8") as file:
        digest = history.write(file)
    told_figures = report.write(given.out, played, parameters, days=given.days, seconds=spent, digest=digest)
    print(
        f"{parameters.title}：{len(population.courts)}个法院立案，{len(population.houses)}家机构，{given.days}日，种子{given.seed}"
    )
    print(told_figures)
    print(f"造省 {made - started:.1f} 秒；历史 {digest[:16]}…；报告在 {given.out}")
    return 0


def _compare(given: argparse.Namespace) -> int:
    from jianheng.config.simulation.parameters import policy_path

    policies = [_parameters(given, policy_path(name)) for name in given.policies]
    with _home(None) as home:
        from jianheng.config.simulation.stage import Stage

        with Stage(home) as stage, _progress(2 * given.seeds * given.days, "比较") as told:
            from jianheng.config.simulation import compare  # once the platform is known

            outcome = compare.run(stage, policies, days=given.days, seeds=range(1, given.seeds + 1), told=told)
    print(compare.write(given.out, outcome))
    return 0
