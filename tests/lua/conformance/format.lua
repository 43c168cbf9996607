-- string.format with all options.
print(("%d %5d %-5d| %05d %+d % d %i"):format(42, 42, 42, 42, 42, 42, -7))
print(("%x %X %#x %o %#o %u"):format(255, 255, 255, 8, 8, 3))
print(("%f %.2f %10.3f %-10.1f| %+.1f %05.1f %.0f %#.0f"):format(3.14159, 2.5, 3.14159, 2.25, 1, 2.5, 2.5, 3))
print(("%e %.3E %g %G %g %g %.3g %#g %g"):format(12345.678, 0.00012, 1e20, 1e-10, 100000, 1000000, 1234.5, 1, 0.0001))
print(("%s %10s %-10s| %.2s %s"):format("str", "right", "left", "cut", 1.5))
print(("%c%c%c"):format(76, 117, 97), ("%q"):format('a "quoted"\n\\ \0 line\r'), ("%%"):format(), ("100%%"):format())
print(("%5.1f|%5s|%-5s|%5.1s|"):format(1 / 3, "ab", "ab", "xyz"), ("%.20f"):format(0.1), ("%.14g"):format(0.1))
print(("%d"):format("10"), ("%s"):format(12), ("%x"):format(2 ^ 40), ("%d"):format(-2 ^ 53), ("%.3d"):format(7))
print(("%g %f %e"):format(1 / 0, -1 / 0, 1 / 0), ("%5g|%-5g|"):format(1 / 0, 1 / 0), ("%05d"):format(-3), ("%+d"):format(0))
for _, f in ipairs { "%y", "%", "%10", "%123d", "%.123d", "%d", "%s", "%------d" } do print(pcall(string.format, f)) end
print(pcall(string.format, "%d", "x")) print(pcall(string.format, "%s", {}))
print(("%s"):format(("x"):rep(150)) == ("x"):rep(150), #("%99d"):format(1), ("%-20s|"):format("x"))

--> 42    42 42   | 00042 +42  42 -7
--> ff FF 0xff 10 010 3
--> 3.141590 2.50      3.142 2.2       | +1.0 002.5 2 3.
--> 1.234568e+04 1.200E-04 1e+20 1E-10 100000 1e+06 1.23e+03 1.00000 0.0001
--> str      right left      | cu 1.5
--> Lua	"a \"quoted\"\
--> \\ \000 line\r"	%	100%
-->   0.3|   ab|ab   |    x|	0.10000000000000000555	0.1
--> 10	12	10000000000	-9007199254740992	007
--> inf -inf inf	  inf|inf  |	-0003	+0
--> false	bad argument #2 to '?' (no value)
--> false	bad argument #2 to '?' (no value)
--> false	bad argument #2 to '?' (no value)
--> false	bad argument #2 to '?' (no value)
--> false	bad argument #2 to '?' (no value)
--> false	bad argument #2 to '?' (no value)
--> false	bad argument #2 to '?' (no value)
--> false	bad argument #2 to '?' (no value)
--> false	bad argument #2 to '?' (number expected, got string)
--> false	bad argument #2 to '?' (string expected, got table)
--> true	99	x                   |
