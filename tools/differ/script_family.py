"""Scripts for differ.py: what applications keep in scripts (locks, limits, queues, sessions), and
values and errors on their way in and out."""
import hashlib

READS = set()

# Each with its number of keys and what makes its arguments.
RELEASE_LOCK = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0"""
TAKE_LOCK = """
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return {0, owner} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', tonumber(ARGV[2]) * 1000)
return {1, redis.call('EXISTS', KEYS[1])}"""
FIXED_WINDOW = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
if count > tonumber(ARGV[2]) then return redis.error_reply('LIMIT over ' .. ARGV[2]) end
return count"""
SLIDING_WINDOW = """
local now, window, limit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local used = redis.call('ZCARD', KEYS[1])
if used < limit then
  redis.call('ZADD', KEYS[1], now, ARGV[4])
  return {true, limit - used - 1}
end
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return {false, oldest[2] + window - now}"""
TOKEN_BUCKET = """
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local capacity, rate, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local tokens = tonumber(bucket[1]) or capacity
local elapsed = math.max(0, now - (tonumber(bucket[2]) or now))
tokens = math.min(capacity, tokens + elapsed * rate)
local allowed = tokens >= 1
if allowed then tokens = tokens - 1 end
redis.call('HSET', KEYS[1], 'tokens', math.floor(tokens), 'at', now)
return {allowed and 1 or 0, tokens, string.format('%.2f', tokens)}"""
PUSH_JOB = """
local id = redis.call('INCR', KEYS[1])
local job = cmsgpack.unpack(ARGV[1])
redis.call('HSET', KEYS[2], id, cjson.encode(job))
redis.call('ZADD', KEYS[3], job[1] * 4096 + id, id)
return {id, tostring(job[1]), #job}"""
POP_JOBS = """
local due = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
local jobs = {}
for i, id in ipairs(due) do
  local body = redis.call('HGET', KEYS[1], id)
  jobs[#jobs + 1] = body and cjson.decode(body)[2] or id
end
if #due > 0 then
  redis.call('ZREM', KEYS[2], unpack(due))
  redis.call('HDEL', KEYS[1], unpack(due))
end
return jobs"""
MOVE = """
local moved = 0
while moved < tonumber(ARGV[1]) do
  local item = redis.call('RPOPLPUSH', KEYS[1], KEYS[2])
  if not item then break end
  moved = moved + 1
end
return moved"""
SESSION = """
local session = redis.call('HGETALL', KEYS[1])
local fields = {}
for i = 1, #session, 2 do fields[session[i]] = session[i + 1] end
fields.visits = (tonumber(fields.visits) or 0) + 1
fields[ARGV[1]] = ARGV[2]
local names = {}
for name in pairs(fields) do table.insert(names, name) end
table.sort(names)
local out = {}
for _, name in ipairs(names) do
  redis.call('HSET', KEYS[1], name, fields[name])
  out[#out + 1] = name .. '=' .. fields[name]
end
return table.concat(out, '&')"""
SEMAPHORE = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], 0, ARGV[2] - 50)
if redis.call('ZCARD', KEYS[1]) >= 3 and not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  return redis.status_reply('WAIT')
end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
return redis.call('ZRANK', KEYS[1], ARGV[1])"""
PACKED = """
local text = struct.pack('>dLc0', tonumber(ARGV[1]), #ARGV[2], ARGV[2])
local number, body = struct.unpack('>dLc0', text)
return {tostring(number), body, #text, bit.tohex(bit.bxor(#text, 255))}"""

VALUES = [
    b"1", b"-1", b"3.99", b"-3.99", b"1e20", b"0/0", b"'text'", b"''", b"true", b"false", b"nil",
    b"{}", b"{1, 2, nil, 4}", b"{ok='fine'}", b"{err='MY err'}", b"{err='nocode'}", b"{double=1.5}",
    b"{map={a=1}}", b"{set={a=true}}", b"{a=1}", b"{1, {2, {3, {}}}}", b"{ok=1}", b"{false, 1}",
    b"cjson.null", b"1, 2", b"redis.error_reply('x')", b"redis.error_reply('-X y')",
    b"redis.status_reply('s')", b"redis.sha1hex('x')", b"tostring(1e15)", b"tostring(2^53)",
    b"tostring(-0)", b"'10' + 5", b"'0x10' + 1", b"10 % 3 .. ' ' .. -10 % 3 .. ' ' .. 5.5 % 2",
    b"tostring(1/0)", b"#'abc'", b"tonumber('  12  ')", b"tostring(tonumber('1e2'))",
    b"tonumber('z', 36)", b"tostring(tonumber('x'))", b"('x'):rep(3)", b"string.format('%5.1f|%q|%s|%x', 1.25, 'a\\nb', 'c', 255)",
    b"('hello world'):gsub('o', '0')", b"('k=v'):match('(%w)=(%w)')", b"('a,b'):find(',', 1, true)",
    b"select('#', 1, nil, nil)", b"select(-1, 1, 2)", b"math.floor(-3.5)", b"math.max(1, 5, 3)",
    b"table.concat({1, 2, 3}, '-')", b"type(redis)", b"rawget(_G, 'print')",
]
# Not among them: error({code=1}), of which the reference (7.0.15) crashes.
FAULTS = [
    b"error('boom')", b"error({err='CODE of mine'})", b"error()", b"x = 1",
    b"return y", b"local t t.x = 1", b"local s = 'a' return s + 1", b"return {} .. 'a'",
    b"return 1 < 'a'", b"return #5", b"redis.call('NOSUCH')", b"redis.call('GET')", b"redis.call()",
    b"redis.call({})", b"redis.call('MULTI')", b"return redis.pcall('NOSUCH')",
    b"return redis.pcall('INCR', KEYS[1])", b"return {pcall(redis.call, 'NOSUCH')}",
    b"return {pcall(error, {x=1})}", b"cjson.decode('{')", b"cjson.decode('[1,]')",
    b"return cjson.encode({[1]=1,[100]=1})", b"cmsgpack.unpack('\\147')", b"redis.setresp(4)",
    b"redis.log(1)", b"if", b"return return", b"local a <const> = 1", b"goto x", b"for", b"'",
    b"string.rep()", b"('x'):bad()", b"return unpack({}, 1, 1e7)", b"string.format('%d', 'x')",
    b"table.concat({{}})", b"setmetatable(1, {})", b"redis.sha1hex()", b"KEYS = 1",
    b"return redis.call('SET', KEYS[1], 1, 'XX', 'NX')",
]


def makers(call, key, value, small, word):
    def number(r):
        return r.choice([b"0", b"1", b"2", b"5", b"100", b"1000", b"2.5", b"-1", b"x", b""])

    def moment(r):
        return b"%d" % r.randint(1000, 1300)

    def job(r):
        score, body = r.randint(0, 200), bytes(r.choice(b"abcdef") for _ in range(r.randint(0, 9)))
        return bytes([0x92, 0xcc, score, 0xa0 | len(body)]) + body

    def script(text, keys, *arguments):
        body = text.encode() if isinstance(text, str) else text

        def make(r):
            tail = [b"%d" % keys] + [key(r) for _ in range(keys)] + [a(r) for a in arguments]
            if r.random() < 0.3:
                return [b"EVALSHA", hashlib.sha1(body).hexdigest().encode()] + tail
            return [word(r, "EVAL")] + [body] + tail
        return make

    def owner(r):
        return b"%d" % r.randint(1, 3)

    def limit(r):
        return b"%d" % r.randint(1, 6)

    def seconds(r):
        return r.choice([b"1000", b"5000"])

    def expression(r):
        return [b"EVAL", b"return " + r.choice(VALUES), b"0"]

    def fault(r):
        return [b"EVAL", r.choice(FAULTS), b"1", key(r)]

    def arithmetic(r):
        def term(depth):
            if depth == 0 or r.random() < 0.3:
                return r.choice([b"1", b"2.5", b"-3", b"1e3", b"'4'", b"0.1", b"ARGV[1]", b"#ARGV[1]"])
            return b"(" + term(depth - 1) + r.choice([b" + ", b" - ", b" * ", b" / ", b" % ", b" ^ "]) + term(depth - 1) + b")"
        return [b"EVAL", b"return tostring(" + term(3) + b")", b"0", r.choice([b"3", b"0x1F", b"abc", b" 7 "])]

    return {"script": [
        script(RELEASE_LOCK, 1, owner), script(TAKE_LOCK, 1, owner, seconds),
        script(FIXED_WINDOW, 1, seconds, limit),
        script(SLIDING_WINDOW, 1, moment, lambda r: b"50", limit, lambda r: b"%d" % r.randint(0, 10**6)),
        script(TOKEN_BUCKET, 1, limit, limit, moment), script(PUSH_JOB, 3, job),
        script(POP_JOBS, 2, lambda r: b"%d" % r.randint(0, 800000), limit),
        script(MOVE, 2, number), script(SESSION, 1, owner, value), script(SEMAPHORE, 1, owner, moment),
        script(PACKED, 0, number, value), expression, expression, fault, fault, arithmetic,
        call("RPUSH", key, owner, owner), call("DEL", key),
        lambda r: [b"SCRIPT", b"EXISTS", hashlib.sha1(MOVE.encode()).hexdigest().encode()],
        lambda r: [b"SCRIPT", word(r, "FLUSH")] if r.random() < 0.1 else [b"PING"],
    ]}
