#!/usr/bin/env python3
"""Runs the official test suite of Lua 5.1 (tag v5-1-3 of its repository) with redstart-lua.

    tools/lua_suite/run.py SUITE [redstart-lua]      the directory of the suite; build/redstart-lua

The suite is not part of this project. What a sandbox has no use for is cut from the files, line by
line, as cuts.txt says with its reasons; lines keep their numbers. Ends with 1 if a file fails.
"""
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def read_cuts(text):
    """{file: (lines, [(first, last, instead)])}; a file without cuts runs whole."""
    files = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        words, _, instead = line.partition(" := ")
        if not line.startswith(" "):
            name, lines = words.split()
            files[name] = (int(lines), [])
            continue
        span = words.split()[0]
        first, _, last = span.partition("-")
        files[name][1].append((int(first), int(last or first), instead))
    return files


def cut(source, lines, cuts):
    rows = source.split(b"\n")
    if len(rows) != lines + 1:
        raise ValueError(f"has {len(rows) - 1} lines, not {lines}: of another version?")
    for first, last, instead in cuts:
        rows[first - 1:last] = [instead.encode()] + [b""] * (last - first)
    return b"\n".join(rows)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    suite = pathlib.Path(sys.argv[1])
    lua = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "build/redstart-lua").resolve()
    failed = 0
    with tempfile.TemporaryDirectory() as room:
        for name, (lines, cuts) in read_cuts((HERE / "cuts.txt").read_text()).items():
            text = cut((suite / name).read_bytes(), lines, cuts)
            (pathlib.Path(room) / name).write_bytes(text)
            ran = subprocess.run([lua, name], cwd=room, capture_output=True)
            without = sum(last - first + 1 for first, last, _ in cuts)
            how = f"without {without} of {lines} lines" if cuts else "whole"
            print(f"{name:16} {'ok' if ran.returncode == 0 else 'FAILED':7} {how}")
            if ran.returncode != 0:
                failed += 1
                print("   ", ran.stderr.decode(errors="replace").strip())
    print(f"{failed} failed" if failed else "all passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
