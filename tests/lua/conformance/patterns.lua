-- Matching: classes, sets, repetitions, captures, anchors, balance, frontier.
print(("hello world"):find("o w"), ("hello"):find("l+"), ("hello"):match("h(.)l"), ("hello"):find("xyz"), ("hello"):match("^h"), ("hello"):match("^e"))
print(("key = value"):match("^(%w+)%s*=%s*(%w+)$")) print(("  trim  "):match("^%s*(.-)%s*$") .. "|")
print(("2024-01-31"):match("(%d+)-(%d+)-(%d+)")) print(("a1b22c333"):gsub("%d+", "#"))
print(("abc"):match("()b()"), ("[[x]]"):match("%[%[(.-)%]%]"), ("f(a(b)c)d"):match("%b()"), ("THE (quick) fox"):find("%((%a+)%)"))
print(("hello"):gsub("", "-")) print(("abc"):gsub("%w", "%0%0")) print(("hello world"):gsub("(%w+) (%w+)", "%2 %1")) print(("abc"):gsub(".", {a = 1, b = "B", c = false}))
print(("abc"):gsub("%w", function(c) if c == "b" then return "[b]" end end)) print(("aaa"):gsub("a", "b", 2)) print(("x = 1"):gsub("(%w) = (%w)", "%2=%1%%"))
print(("a-b-c"):gsub("%-", "+")) print(("[x]"):match("[]]"), ("a]b"):match("[^]]+"), ("a-z"):match("[a%-z]+"), ("x^y"):match("[%^x]+"), ("-"):match("[a-]"))
print(("%d"):gsub("%%d", "x")) print(("\0a\0"):find("%z"), ("a\0b"):match("a%zb") == "a\0b", ("äö"):len())
print(("THE (quick) fox"):gsub("%f[%a]%a+", string.lower)) print(("aXb"):match("%u"), ("aXb"):match("%L"), ("a1_"):match("%W"), ("x\ty"):match("%s") == "\t", ("ab.c"):match("%p"))
print(("abcabc"):match("(abc)%1"), ("abab"):match("^(ab)+$"), ("aab"):match("a-b"), ("aaab"):match("a?a?a?b"), ("foo.bar"):match("([^.]*)%.(.*)"))
for w in ("one two  three"):gmatch("%a+") do io.write(w, ";") end for k, v in ("a=1, b=2"):gmatch("(%w+)=(%w+)") do io.write(k, v, ";") end
for p in ("abc"):gmatch("()") do io.write(p, ";") end print()
for _, p in ipairs { "[a", "%", "(a", "a)", "%b", "%f", "[%", "(()", "%1", "[^", "[a-" } do print(p, pcall(string.find, "a", p)) end
print(pcall(string.gsub, "a", "a", "%2")) print(pcall(string.gsub, "a", "a", {}, "x")) print(pcall(string.gsub, "a", "a", true)) print(pcall(string.gsub, "a", "a", function() return {} end))
print(pcall(string.rep, "x", -1), ("x"):find("x", -10), ("xyx"):find("x", 2), ("a+b"):find("+", 1, true))
print(("hello"):find("l", -2), ("abc"):find("c", -1), (" x "):match("^%s*$"), (""):match(".*") == "", (""):find(""))
print(string.gsub("abc def", "(%w+)", "<%1>"), string.gfind == string.gmatch)

--> 5	3	e	nil	h	nil
--> key	value
--> trim|
--> 2024	01	31
--> a#b#c#	3
--> 2	x	(a(b)c)	5	11	quick
--> -h-e-l-l-o-	6
--> aabbcc	3
--> world hello	1
--> 1Bc	3
--> a[b]c	3
--> bba	2
--> 1=x%	1
--> a+b+c	2
--> ]	a	a-z	x^	-
--> x	1
--> 1	true	4
--> the (quick) fox	3
--> X	X	_	true	.
--> abc	nil	aab	aaab	foo	bar
--> one;two;three;a1;b2;1;2;3;4;
--> [a	false	malformed pattern (missing ']')
--> %	false	malformed pattern (ends with '%')
--> (a	false	unfinished capture
--> a)	true	nil
--> %b	false	unbalanced pattern
--> %f	false	missing '[' after '%f' in pattern
--> [%	false	malformed pattern (missing ']')
--> (()	false	unfinished capture
--> %1	false	invalid capture index
--> [^	false	malformed pattern (missing ']')
--> [a-	false	malformed pattern (missing ']')
--> false	invalid capture index
--> false	bad argument #4 to '?' (number expected, got string)
--> false	bad argument #3 to '?' (string/function/table expected)
--> false	invalid replacement value (a table)
--> true	1	3	2	2
--> 4	3	nil	true	1	0
--> <abc> <def>	true
