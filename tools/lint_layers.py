#!/usr/bin/env python3
"""Checks the two laws of the house that a compiler does not: who may include whom, and which calls
have one place of their own.

    tools/lint_layers.py [TOP]      prints each breach as file:line: what, and what to do instead

An exemption is a line in EXEMPT with its reason. Where that list grows, change the rule.
"""
import pathlib
import re
import sys

# A room includes lower floors and itself.
FLOORS = [
    ["base"],
    ["core", "lua"],
    ["types", "wire"],
    ["keyspace", "pubsub", "search", "security"],
    ["engine"],
    ["commands", "script", "persist", "replication"],
    ["net", "http"],
    ["server"],
]
SIDEWAYS = {("http", "net"), ("replication", "persist")}
ONLY_BASE = {"lua"}  # a language, not a part of Redis

# Each library enters through one room: the header, then where it may be named.
CUSTOMS = {
    "uv.h": ["net/"],
    "llhttp.h": ["http/"],
    "simdjson.h": ["types/json_parse.cc"],
    "xxhash.h": ["base/hash.cc"],
    "libstemmer.h": ["search/analysis.cc"],
}

# A banned call, the files whose business it is, what everyone else does instead.
BANNED = [
    (r"(?<![\w.>:])(?:std::|::)?time\s*\(\s*(?:nullptr|NULL|0|&)", ["base/clock.cc"],
     "ask the injected base/clock.h: tests own the time"),
    (r"\b(?:gettimeofday|clock_gettime)\s*\(|\b(?:system|steady|high_resolution)_clock\b",
     ["base/clock.cc", "base/ticks.", "base/process.cc", "base/log.cc"],
     "ask the injected base/clock.h: tests own the time"),
    (r"\b(?:printf|puts|putchar)\s*\(|\bstd::cout\b|\bstdout\b", ["base/log.cc", "server/"],
     "answer through Reply, or log through base/log.h"),
    (r"\bstd::(?:basic_)?regex\b", [], "globs are core/glob.h; anything else deserves a small parser"),
    (r"\b(?:strto(?:d|f|ld|l|ll|ul|ull)|ato[ifl]l?|sscanf|std::sto(?:i|l|ll|ul|ull|f|d|ld))\s*\(",
     ["base/numbers.cc"], "read numbers with base/numbers.h: no locale, whole text or nothing"),
    (r"(?<![\w.>:])(?:std::|::)?s?rand\s*\(|\bstd::(?:random_device|mt19937(?:_64)?)\b",
     ["base/random.cc"], "draw from the injected base/random.h: a seed repeats a run"),
]

# (file, what is found there): reason
EXEMPT = {}

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
NOT_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<!\w)\'(?:\\.|[^\'\\\n])+\'',
    re.S)

FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def may_include(room, other):
    if room == other or (room, other) in SIDEWAYS:
        return True
    if room in ONLY_BASE:
        return other == "base"
    return FLOOR_OF[other] < FLOOR_OF[room]


def include_breach(path, bracket, header):
    """What is wrong with this include of the file at path (below src/), or None."""
    room = path.split("/")[0]
    if header in CUSTOMS:
        if not any(path.startswith(place) for place in CUSTOMS[header]):
            return f"<{header}> enters through {' or '.join(CUSTOMS[header])} only"
        return None
    other = header.split("/")[0]
    if other == "redstart":
        return None if room == "server" else "the public header is the business of server/"
    if bracket == "<" or other == "absl":
        return None
    if "/" not in header or other not in FLOOR_OF:
        return f'"{header}": write the path from src/, as "{room}/{header.split("/")[-1]}"'
    if not may_include(room, other):
        return f"{room}/ may not include {other}/: it stands no floor below"
    return None


def blank(match):
    """The same number of lines with nothing on them: line numbers stay right."""
    return "\n" * match.group().count("\n")


def breaches_of_file(path, text):
    """(line, what is found, advice) for each breach in the file at path (below src/)."""
    for number, line in enumerate(text.splitlines(), 1):
        include = INCLUDE.match(line)
        if include:
            breach = include_breach(path, include.group(1), include.group(2))
            if breach:
                yield number, include.group(2), breach
    code = NOT_CODE.sub(blank, text)
    for pattern, places, advice in BANNED:
        if any(path.startswith(place) for place in places):
            continue
        for match in re.finditer(pattern, code):
            found = match.group().rstrip("(& \t")
            yield code.count("\n", 0, match.start()) + 1, found, advice


def breaches(top):
    """One line of text for each breach below top/src."""
    src = pathlib.Path(top) / "src"
    for file in sorted(src.rglob("*")):
        if file.suffix not in (".h", ".cc"):
            continue
        path = file.relative_to(src).as_posix()
        if path.split("/")[0] not in FLOOR_OF:
            yield f"src/{path}:1: this room stands on no floor: give it one in tools/lint_layers.py"
            continue
        for number, found, advice in breaches_of_file(path, file.read_text(encoding="utf-8")):
            if (path, found) not in EXEMPT:
                yield f"src/{path}:{number}: {found}: {advice}"


def main():
    top = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent
    found = list(breaches(top))
    print("\n".join(found) if found else "layers and calls: nothing to say")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
