-- The six operators on numbers, with the sign rules of modulo and the priority of power.
print(1 + 2, 5 - 8, 3 * 4, 7 / 2, 2 ^ 10, -2 ^ 2, 2 ^ -1, 2 ^ 3 ^ 2)
print(7 % 3, -7 % 3, 7 % -3, -7 % -3, 5.5 % 2, -5.5 % 2, 0 % 5, 3 % 0.7)
print(1 / 0, -1 / 0, 1e308 * 10, 2 ^ 1024, 5 % (1 / 0))
local x, y = 7, 3
print(x + y, x - y, x * y, x / y, x % y, x ^ y, -x)
print(10 - x, 10 / x, 10 % x, 2 ^ x, x - 10, x % 4)
print(1 + 2 * 3 - 4 / 2, (1 + 2) * 3, 2 * 3 % 4, not nil == true, -3 ^ 2)
print(0.1 + 0.2 == 0.3, 0.1 + 0.2, 1e15 + 0.5, 2 ^ 53 + 1)
print(8 % 3.5, 2 ^ 0.5, 100000000000000000000 % 7, (-3) % (1 / 0) == 1 / 0)
local n = 0 local zero = n / -1 print(zero, zero % 3, zero % -3, 4 % 2, -4 % 2, 4 % -2, zero * -1)

--> 3	-3	12	3.5	1024	-4	0.5	512
--> 1	2	-2	-1	1.5	0.5	0	0.2
--> inf	-inf	inf	inf	-nan
--> 10	4	21	2.3333333333333	1	343	-7
--> 3	1.4285714285714	3	128	-3	3
--> 5	9	2	true	-9
--> false	0.3	1e+15	9.007199254741e+15
--> 1	1.4142135623731	0	false
--> -0	0	0	0	0	0	0
