"""Rules of users for differ.py: random ones, what they print, and what they allow.

Nobody logs in: in a pipeline Redis does not answer a wrong password."""

READS = set()

USERS = [b"u%d" % i for i in range(5)]
CATEGORIES = """keyspace read write set sortedset list hash string bitmap hyperloglog geo stream pubsub
admin fast slow blocking dangerous connection transaction scripting all""".split()
COMMANDS = """get set mget mset del exists append incr lpush rpop sadd hset zadd xadd sort ping echo
select auth hello config config|get config|set client client|id client|kill acl acl|whoami object
object|encoding debug memory memory|usage publish subscribe psubscribe eval eval_ro fcall script
script|load multi exec keys scan flushall copy rename bitfield xgroup xgroup|create""".split()
PATTERNS = ["*", "k*", "k1", "k[0-3]", "k?", "x:*", "", "*1", "k\\*"]
CHANNELS = ["*", "c*", "c1", "n?"]
PLAIN = """on off nopass resetpass allkeys resetkeys allchannels resetchannels allcommands nocommands
clearselectors sanitize-payload skip-sanitize-payload reset >p >q <p""".split()
WRONG = ["foo", "%x~a", "%~a", "%RR~a", "+nothing", "-select|0", "+@bogus", "#123", "!abc", "+select|",
         "+config|zap", "+get|a|b", "+config|get|z", "~a b", "&a b", "(+get", ")", "(+foo)", "+", "-",
         "+@", "~", "(~a %Z~b)", "++get", "@all"]
CALLS = """GET k1|SET k1 v|SET k1 v GET|SET k1 get|MSET k1 v x v|MGET k1 k4|DEL k1 x|COPY k1 k2|RENAME x k1|
EXISTS q|BITFIELD k1 GET u8 0|BITFIELD k1 SET u8 0 1|ZUNIONSTORE k1 2 k2 x|ZINTERCARD 2 k1 k2|
SORT k1 STORE k2|SORT k1 BY w* GET x|XREAD COUNT 1 STREAMS k1 k2 0 0|XADD k1 * f v|EVAL x 1 k1|EVAL x 9 k1|
EVAL x 0 k1|EVAL_RO x 1 k1|EVALSHA x -1 k1|FCALL f 1 x|OBJECT ENCODING k1|MIGRATE h 1 k1 0 1|
GEORADIUS k1 0 0 1 m STORE k2|PUBLISH c1 m|SPUBLISH zz m|SUBSCRIBE c1 n1|PSUBSCRIBE c*|PSUBSCRIBE n1 zz|
SSUBSCRIBE c1|UNSUBSCRIBE zz|SELECT 0|SELECT 1|CONFIG GET x|CONFIG SET a b|CLIENT ID|CLIENT KILL x|ACL WHOAMI|
PING|AUTH x|HELLO 3|RESET|MULTI|EXEC|LMPOP 2 k1 x LEFT|BLMPOP 0 1 k1 LEFT|LMOVE k1 k2 LEFT LEFT|
PFCOUNT k1 x|PFMERGE k1 x|MEMORY USAGE k1|KEYS *|SCAN 0|FLUSHALL|XGROUP CREATE x g 0|TOUCH x|UNLINK k1|
RESTORE k1 0 x|EXPIRE x 1|SET|GET|NOSUCH a|CONFIG NOSUCH""".replace("\n", "").split("|")


def in_some_case(rng, text):
    return text.upper() if rng.random() < 0.1 else text


def selector_rule(rng):
    kind = rng.random()
    if kind < 0.3:
        return rng.choice("+-") + in_some_case(rng, rng.choice(COMMANDS))
    if kind < 0.6:
        return rng.choice("+-") + "@" + in_some_case(rng, rng.choice(CATEGORIES))
    if kind < 0.75:
        return rng.choice(["~", "~", "%R~", "%W~", "%RW~", "%wr~"]) + rng.choice(PATTERNS)
    if kind < 0.85:
        return "&" + rng.choice(CHANNELS)
    if kind < 0.93:
        return "+%s|%s" % (rng.choice(["select", "get", "debug"]), rng.choice(["0", "1", "k1", "Foo"]))
    return rng.choice(["allkeys", "resetkeys", "allchannels", "resetchannels", "nocommands"])


def rule(rng):
    kind = rng.random()
    if kind < 0.65:
        return selector_rule(rng)
    if kind < 0.75:
        return "(%s)" % " ".join(selector_rule(rng) for _ in range(rng.randint(0, 4)))
    if kind < 0.95:
        return rng.choice(PLAIN)
    return rng.choice(WRONG)


def setuser(rng):
    rules = [rule(rng).encode() for _ in range(rng.randint(1, 6))]
    return [b"ACL", b"SETUSER", rng.choice(USERS), *rules]


def dryrun(rng):
    words = [word.encode() for word in rng.choice(CALLS).split()]
    return [b"ACL", b"DRYRUN", rng.choice(USERS), *words]


def makers():
    def fixed(*words):
        return lambda rng: [word.encode() for word in words]
    def of_user(word):
        return lambda rng: [b"ACL", word, rng.choice(USERS)]
    return ([setuser] * 6 + [dryrun] * 8 + [of_user(b"GETUSER")] * 4 +
            [of_user(b"DELUSER"), fixed("ACL", "LIST"), fixed("ACL", "USERS"),
             fixed("ACL", "WHOAMI"), fixed("GET", "k1"), fixed("SET", "k1", "v"),
             fixed("PUBLISH", "c1", "m"), fixed("EVAL", "return redis.call('get','k2')", "0"),
             fixed("EVAL", "return redis.acl_check_cmd('set','k1','v')", "0"),
             fixed("CONFIG", "SET", "acl-pubsub-default", "allchannels"),
             fixed("CONFIG", "SET", "acl-pubsub-default", "resetchannels")])
