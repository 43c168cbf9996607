print(math.abs(-3), math.ceil(1.2), math.floor(-1.2), math.sqrt(16), math.pow(2, 8), math.exp(0), math.log(1), math.log10(1000))
print(math.max(1, 5, 3), math.min(4, 2, 8), math.fmod(7, 3), math.fmod(-7, 3), math.modf(3.7)) print(math.modf(-3.7)) print(math.frexp(10)) print(math.ldexp(0.5, 4), math.huge, -math.huge)
print(math.sin(0), math.cos(0), math.tan(0), math.asin(0), math.acos(1), math.atan(0), math.atan2(0, 1), math.sinh(0), math.cosh(0), math.tanh(0), math.deg(math.pi), math.rad(180) == math.pi)
print(math.pi, math.mod == math.fmod, pcall(math.floor), pcall(math.max)) print(pcall(math.random, 0), pcall(math.random, 2, 1)) print(pcall(math.random, 1, 2, 3))
for i = 1, 100 do local r = math.random() assert(r >= 0 and r < 1) r = math.random(6) assert(r >= 1 and r <= 6 and r % 1 == 0) r = math.random(-3, 3) assert(r >= -3 and r <= 3) end
math.randomseed(7) local a = math.random(1000) math.randomseed(7) print(a == math.random(1000))

--> 3	2	-2	4	256	1	0	3
--> 5	2	1	-1	3	0.7
--> -3	-0.7
--> 0.625	4
--> 8	inf	-inf
--> 0	1	0	0	0	0	0	0	1	0	180	true
--> 3.1415926535898	true	false	false	bad argument #1 to '?' (number expected, got no value)
--> false	false	bad argument #2 to '?' (interval is empty)
--> false	wrong number of arguments
--> true
