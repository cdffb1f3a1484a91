"""What `lockstep check` costs on large repositories, beside tools that read the same files and prove less.

Started by scripts/bench. Prints tables; with --results writes its section of RESULTS.md there, and leaves the others.
"""

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import check_trees
import report

HEADING = "# What a check of a repository costs"
NOTE = """\
Written by `make bench` on {date}: medians of {rounds} interleaved rounds on {cores} cores, files in the page cache. "To \
…": CPU over that of the peer named first in the table. yamllint and detect-secrets see one file at a time, and say \
nothing of who holds which key; they are here as what a repository of this size is checked with anyway. grep is the \
least that reading every file costs.
"""


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lockstep", type=pathlib.Path, required=True, help="the release executable")
    parser.add_argument("--tools", type=pathlib.Path, help="folder with yamllint and detect-secrets")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--results", type=pathlib.Path, help="folder of RESULTS.md")
    return parser.parse_args()


def measure(command, folder, codes):
    """Wall and CPU seconds of a process with all its children, and MiB of the largest of them at its peak."""
    begin = time.monotonic()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = process.stdout.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in codes:
        sys.exit(f"bench: {' '.join(map(str, command))} exited with {process.returncode}: {said[-500:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, said


def cases(options):
    """(title, how the tree is made, what the check must say, {row: command})"""
    check = {"lockstep check": [options.lockstep.resolve(), "check"]}
    tool = (lambda name: [options.tools.resolve() / name]) if options.tools else (lambda name: None)
    yamllint, secrets = tool("yamllint"), tool("detect-secrets")
    services = check_trees.STACKS * check_trees.SERVICES
    return [
        (f"{services:,} services in {check_trees.STACKS} compose files", check_trees.compose,
         f"{services} services with keys in {check_trees.STACKS} stacks",
         {"yamllint": yamllint and [*yamllint, "-d", "relaxed", "."], **check,
          "grep": ["grep", "-rlE", "SECRET", "."]}),
        (f"{check_trees.SOURCES:,} source files in four languages", check_trees.sources,
         f"{check_trees.SOURCES + 2 * check_trees.SOURCES // check_trees.FILES} files",
         {"detect-secrets": secrets and [*secrets, "scan", "--all-files", "."], **check,
          "grep": ["grep", "-rlE", "SECRET", "."]}),
    ]


def table(runs):
    peer = next(iter(runs))
    base = statistics.median(cpu for _, cpu, _ in runs[peer]) if runs[peer] else None
    lines = [f"|  | wall s | CPU s | to {peer} | MiB at its peak |", "|---|---:|---:|---:|---:|"]
    for name, rows in runs.items():
        if not rows:
            lines.append(f"| {name} | not installed | | | |")
            continue
        wall, cpu, size = (statistics.median(column) for column in zip(*rows))
        ratio = f"{cpu / base:.2f}" if base else "–"
        lines.append(f"| {name} | {wall:.2f} | {cpu:.2f} | {ratio} | {size:.0f} |")
    return lines


def main():
    options = arguments()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lockstep-bench-"))
    try:
        rows, prepared = {}, []
        for number, (title, make, expected, commands) in enumerate(cases(options)):
            tree = folder / str(number)
            tree.mkdir()
            say(f"making {title}")
            make(tree)
            # Fills the page cache.
            measure(commands["grep"], tree, (0, 1))
            rows[title] = {name: [] for name in commands}
            prepared.append((title, tree, expected, commands))
        for number in range(options.rounds):
            for title, tree, expected, commands in prepared:
                for name, command in commands.items():
                    if not command:
                        continue
                    wall, cpu, size, said = measure(command, tree, (0, 1))
                    if name == "lockstep check" and expected not in said:
                        sys.exit(f"bench: {title}: the check says {said[-300:]!r}, not {expected!r}")
                    rows[title][name].append((wall, cpu, size))
            say(f"round {number + 1} of {options.rounds}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    lines = [HEADING, "", NOTE.format(
        date=time.strftime("%Y-%m-%d"), rounds=options.rounds, cores=len(os.sched_getaffinity(0)))]
    for title, runs in rows.items():
        lines += [f"## {title}", "", *table(runs), ""]
    text = "\n".join(lines)
    print(text)
    if options.results:
        report.write_section(options.results, text)


if __name__ == "__main__":
    main()
