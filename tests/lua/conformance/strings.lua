-- The string functions without patterns.
print(("abc"):len(), #"a\0b", ("x"):rep(0), ("ab"):rep(3), ("abc"):reverse(), ("aBc"):upper(), ("aBc"):lower())
print(("hello"):sub(2, 4), ("hello"):sub(-3), ("hello"):sub(2), ("hello"):sub(0), ("hello"):sub(10), ("hello"):sub(-100, 2), ("hello"):sub(4, 2))
print(("abc"):byte(), ("abc"):byte(2), ("abc"):byte(-1), ("abc"):byte(1, -1)) print(("abc"):byte(10), (""):byte())
print(string.char(), string.char(72, 105), pcall(string.char, 256), pcall(string.char, -1))
print("a\65\066\0671\n\t\\\"\'" == 'aABC1\n\t\\"\'', "a\
b", #"\0\00\000", "\x41" == "x41")
print([[
first newline dropped]], [==[with ]] inside]==], #[[

]])
print(tostring("x"), ("%d"):format(3.7), ("x"):rep(-1) == "", ("é"):len())
print(("a,b"):find(",", 1, true), ("a.b"):find(".", 1, true), ("a.b"):find(".", 2), ("abc"):find("", 2), ("abc"):find("", 4), ("abc"):find("", 5))
print(("x"):rep(50) == ("x"):rep(25) .. ("x"):rep(25), #("ab"):rep(1000))
print(pcall(string.rep)) print(pcall(("x").rep, "x", {})) print(pcall(string.sub)) print(pcall(("x").bad))

--> 3	3		ababab	cba	ABC	abc
--> ell	llo	ello	hello		he	
--> 97	98	99	97	98	99
--> nil
--> 	Hi	false	false	bad argument #1 to '?' (invalid value)
--> true	a
--> b	3	true
--> first newline dropped	with ]] inside	1
--> x	3	true	2
--> 2	2	2	2	4	4	3
--> true	2000
--> false	bad argument #1 to '?' (string expected, got no value)
--> false	bad argument #2 to '?' (number expected, got table)
--> false	bad argument #1 to '?' (string expected, got no value)
--> false	attempt to call a nil value
