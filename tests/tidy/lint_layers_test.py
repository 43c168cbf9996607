"""The lint finds what it is there to find, and only that."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import lint_layers  # noqa: E402


def found(path, text):
    return [(line, what) for line, what, _ in lint_layers.breaches_of_file(path, text)]


class Includes(unittest.TestCase):
    def test_downwards_and_within_the_room_is_free(self):
        self.assertEqual(found("engine/gates.cc", '#include "base/clock.h"\n#include "wire/reply.h"\n'
                               '#include "engine/gates.h"\n#include <vector>\n'), [])

    def test_upwards_is_a_breach(self):
        self.assertEqual(found("base/log.cc", '\n#include "engine/tenant.h"\n'),
                         [(2, "engine/tenant.h")])

    def test_sideways_needs_to_be_named(self):
        self.assertEqual(found("http/exchange.cc", '#include "net/connection.h"\n'), [])
        self.assertEqual(found("net/connection.cc", '#include "http/exchange.h"\n'),
                         [(1, "http/exchange.h")])
        self.assertEqual(found("types/string.cc", '#include "wire/reply.h"\n'),
                         [(1, "wire/reply.h")])

    def test_lua_sees_base_only(self):
        self.assertEqual(found("lua/vm.cc", '#include "base/numbers.h"\n'), [])
        self.assertEqual(found("lua/vm.cc", '#include "core/glob.h"\n'), [(1, "core/glob.h")])

    def test_paths_start_at_src(self):
        self.assertEqual(found("wire/reply.cc", '#include "reply.h"\n'), [(1, "reply.h")])

    def test_a_library_enters_through_its_room(self):
        self.assertEqual(found("net/loop.cc", "#include <uv.h>\n"), [])
        self.assertEqual(found("server/main.cc", "#include <uv.h>\n"), [(1, "uv.h")])
        self.assertEqual(found("http/exchange.cc", '#include "simdjson.h"\n'), [(1, "simdjson.h")])


class Calls(unittest.TestCase):
    def test_each_banned_call_is_found(self):
        for call in ["time(nullptr)", "std::time(0)", "gettimeofday(&t, 0)",
                     "std::chrono::steady_clock::now()", "printf(x)", "std::cout << x",
                     "fprintf(stdout, x)", "std::regex r(x)", "strtod(s, 0)", "atoi(s)",
                     "std::stoi(s)", "rand()", "srand(1)", "std::mt19937 r"]:
            with self.subTest(call):
                self.assertEqual(len(found("engine/stats.cc", "void f() {\n  " + call + ";\n}\n")), 1)

    def test_the_one_place_may(self):
        self.assertEqual(found("base/numbers.cc", "x = strtod(s, 0);\n"), [])
        self.assertEqual(found("server/main.cc", 'printf("help");\n'), [])

    def test_likeness_is_not_enough(self):
        for innocent in ["clock.time(0)", "expire_time(0)", "snprintf(b, n, f)", "random.rand()",
                         "// time(0)", 'log("rand()")', "/* \n atoi(x) */", "operand(x)"]:
            with self.subTest(innocent):
                self.assertEqual(found("engine/stats.cc", innocent + "\n"), [])

    def test_lines_are_counted_through_comments_and_strings(self):
        self.assertEqual(found("engine/stats.cc", '/*\n\n*/ f("a\\"b");\n// x\natoi(s);\n'),
                         [(5, "atoi")])


if __name__ == "__main__":
    unittest.main()
