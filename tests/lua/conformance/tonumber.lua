-- What counts as a number, in ten and in other bases.
for _, text in ipairs { "10", " 10 ", "1e2", "1E+2", ".5", "5.", "0x1F", "0xg", "", " ", "1 2", "--1", "-1", "+1", "- 1",
  "1e", "e1", "0x", "inf", "-inf", "Infinity", "in", "1e400", "-1e400", "1e-400", "1_000", "١", "\t7\n", "7\0" } do
  print(tonumber(text))
end
print(tonumber("ff", 16), tonumber("FF", 16), tonumber("zz", 36), tonumber("8", 8), tonumber("777", 8), tonumber("2", 2))
print(tonumber(" 11 ", 2), tonumber("", 16), tonumber("0x1f", 16), tonumber("-f", 16) == 2 ^ 64 - 15)
print(tonumber(nil), tonumber({}), tonumber(true), tonumber(5), tonumber(5, 10))
print(pcall(tonumber), pcall(tonumber, "1", 1), pcall(tonumber, "1", 37))

--> 10
--> 10
--> 100
--> 100
--> 0.5
--> 5
--> 31
--> nil
--> nil
--> nil
--> nil
--> nil
--> -1
--> 1
--> nil
--> nil
--> nil
--> nil
--> inf
--> -inf
--> inf
--> nil
--> inf
--> -inf
--> 0
--> nil
--> nil
--> 7
--> 7
--> 255	255	1295	nil	511	nil
--> 3	nil	31	true
--> nil	nil	nil	5	5
--> false	false	false	bad argument #2 to '?' (base out of range)
