print(0x10, 0xff, 0XAB, 1e2, 1E-2, .5, 5., 3.14e0, 0x7fffffff, 1e+2, 0.1e1)
print(1000000000000000000000, 0xffffffffffffffff == 2 ^ 64, 1e309, 007)
for _, s in ipairs { "0x", "1e", "1e+", "3x", "0xg", "1..2", "08x", "1.2.3", "0x1p", "1a" } do print(s, loadstring("return " .. s, "=s")) end

--> 16	255	171	100	0.01	0.5	5	3.14	2147483647	100	1
--> 1e+21	true	inf	7
--> 0x	nil	s:1: malformed number near '0x'
--> 1e	nil	s:1: malformed number near '1e'
--> 1e+	nil	s:1: malformed number near '1e+'
--> 3x	nil	s:1: malformed number near '3x'
--> 0xg	nil	s:1: malformed number near '0xg'
--> 1..2	nil	s:1: malformed number near '1..2'
--> 08x	nil	s:1: malformed number near '08x'
--> 1.2.3	nil	s:1: malformed number near '1.2.3'
--> 0x1p	nil	s:1: malformed number near '0x1p'
--> 1a	nil	s:1: malformed number near '1a'
