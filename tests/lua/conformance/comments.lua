--[[ a long
comment ]] print(1) --[==[ another ]] still
]==] print(2) -- short
--[not long
print(3) --[[]]print(4)---[[ short
print(5); print(6) -- semicolon

--> 1
--> 2
--> 3
--> 4
--> 5
--> 6
