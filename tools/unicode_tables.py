#!/usr/bin/env python3
"""Writes src/search/unicode_tables.h from the Unicode data of the Python that runs it.

    tools/unicode_tables.py > src/search/unicode_tables.h

Only for a newer version of Unicode: the table it writes is part of the project.
"""
import unicodedata

CODES = range(0x110000)


def word_ranges():
    """Letters, marks and numbers. Codes that are not assigned go with the range around them."""
    ranges = []
    begin = end = None
    for code in CODES:
        category = unicodedata.category(chr(code))
        if category[0] in "LMN":
            begin = code if begin is None else begin
            end = code
        elif category not in ("Cn", "Cs") and begin is not None:
            ranges.append((begin, end))
            begin = None
    if begin is not None:
        ranges.append((begin, end))
    return ranges


def folded(code):
    """Simple case folding: one code for one. The dotted capital I has none; it becomes i here."""
    if code == 0x130:
        return ord("i")
    for text in (chr(code).casefold(), chr(code).lower()):
        if len(text) == 1:
            return ord(text)
    return code


def case_runs():
    """(first, last, step, what is added to each) for runs of codes that change alike."""
    runs = []
    for code in CODES:
        added = folded(code) - code
        if added == 0:
            continue
        if runs and runs[-1][3] == added:
            first, last, step, _ = runs[-1]
            gap = code - last
            if gap == step or (first == last and gap <= 2):
                runs[-1] = (first, code, gap, added)
                continue
        runs.append((code, code, 1, added))
    return runs


def rows(items):
    """The items on lines of at most 100 columns."""
    line = " "
    for item in items:
        if len(line) + len(item) + 2 > 100:
            yield line
            line = " "
        line += f" {item},"
    yield line


def main():
    words = [f"{{{a:#x}, {b:#x}}}" for a, b in word_ranges()]
    runs = [f"{{{a:#x}, {b:#x}, {step}, {added}}}" for a, b, step, added in case_runs()]
    print(f"""\
// Written by tools/unicode_tables.py from Unicode {unicodedata.unidata_version}.
#pragma once

#include <cstdint>

namespace redstart::search {{

// clang-format off
struct CodeRange {{
  uint32_t first, last;
}};
inline constexpr CodeRange kWordRanges[] = {{
{chr(10).join(rows(words))}
}};

struct CaseRun {{
  uint32_t first, last, step;
  int32_t added;
}};
inline constexpr CaseRun kCaseRuns[] = {{
{chr(10).join(rows(runs))}
}};
// clang-format on

}}  // namespace redstart::search""")


if __name__ == "__main__":
    main()
