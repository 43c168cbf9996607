"""Sorted sets and positions, for families.py."""
import re

MEMBERS = ([b"m%d" % i for i in range(30)] + [b"%d" % i for i in range(-3, 12)] +
           [b"", b"a", b"b", b"ab", b"M" * 64])
SCORES = [b"%d" % i for i in range(-5, 12)] + [
    b"0.1", b"-2.5", b"1e10", b"inf", b"-inf", b"+inf", b"1e-5", b"5.0e3", b"0x10", b"3.0", b"-0",
    b"1e300", b"12345678901234567"]


READS = {b"ZCARD", b"ZSCORE", b"ZMSCORE", b"ZRANK", b"ZREVRANK", b"ZRANGE", b"ZREVRANGE",
         b"ZRANGEBYSCORE", b"ZREVRANGEBYSCORE", b"ZRANGEBYLEX", b"ZREVRANGEBYLEX", b"ZCOUNT",
         b"ZLEXCOUNT", b"ZUNION", b"ZINTER", b"ZDIFF", b"ZINTERCARD", b"ZSCAN", b"ZRANDMEMBER",
         b"GEODIST", b"GEOHASH", b"GEOPOS", b"GEOSEARCH", b"GEORADIUS_RO",
         b"GEORADIUSBYMEMBER_RO"}


def member(r):
    if r.random() < 0.004:
        return b"L" * r.choice([65, 200, 300])
    return r.choice(MEMBERS)


def score(r):
    return r.choice(SCORES) if r.random() < 0.98 else r.choice([b"nan", b"x", b"", b"1 ", b"1e400"])


def bound(r):
    text = r.choice(SCORES)
    if r.random() < 0.02:
        text = r.choice([b"x", b"(", b"((1", b"nan"])
    return b"(" + text if r.random() < 0.3 else text


def lex(r):
    if r.random() < 0.3:
        return r.choice([b"-", b"+"])
    if r.random() < 0.03:
        return r.choice([b"a", b"", b"-x", b"++"])
    return r.choice([b"[", b"("]) + r.choice(MEMBERS)


def lex_key(r):
    """Ranges of members mean something only where all scores are equal: keys of their own."""
    return r.choice([b"lex1", b"lex2"])


def longitude(r):
    return b"%.*f" % (r.choice([4, 6, 9]), r.uniform(-181, 181) if r.random() < 0.3
                      else r.uniform(10, 20))


def latitude(r):
    return b"%.*f" % (r.choice([4, 6, 9]), r.uniform(-86, 86) if r.random() < 0.3
                      else r.uniform(35, 42))


def makers(call, key, keys_list, small, integer, word, sometimes, shuffled):
    """The makers of both families, from the tools of families.py."""

    def pairs(r):
        return [w for _ in range(r.randint(1, 4)) for w in (score(r), member(r))]

    def many(r):
        return [w for i in range(r.choice([100, 140])) for w in (b"%d" % (i % 7), b"many%d" % i)]

    def zadd_options(r):
        return shuffled(r, sometimes(r, 0.2, word(r, "NX", "XX")),
                        sometimes(r, 0.2, word(r, "GT", "LT")), sometimes(r, 0.2, word(r, "CH")),
                        sometimes(r, 0.03, word(r, "NX", "XX", "GT", "LT")))

    def limit(r):
        return [word(r, "LIMIT"), small(r, 0, 8), small(r, -1, 8)] if r.random() < 0.3 else []

    def scores(r):
        return sometimes(r, 0.4, word(r, "WITHSCORES"))

    def range_options(r, store=False):
        by_score = r.random() < 0.5
        ends = [bound(r), bound(r)] if by_score else [small(r, -8, 8), small(r, -8, 8)]
        return ends + shuffled(
            r, [word(r, "BYSCORE")] if by_score else [], sometimes(r, 0.3, word(r, "REV")),
            limit(r) if by_score or r.random() < 0.03 else [], [] if store else scores(r))

    def lex_options(r):
        return shuffled(r, [word(r, "BYLEX")], sometimes(r, 0.3, word(r, "REV")), limit(r),
                        sometimes(r, 0.02, word(r, "WITHSCORES", "BYSCORE")))

    def sources(r):
        keys = keys_list(r)[:4]
        count = len(keys) if r.random() < 0.97 else r.choice([0, -1, len(keys) + 1])
        return [b"%d" % count] + keys

    def combined(r, store=False):
        words = sources(r)
        count = len(words) - 1
        weights = [b"%d" % r.randint(-2, 3) if r.random() < 0.9 else score(r) for _ in range(count)]
        return words + shuffled(
            r, [word(r, "WEIGHTS")] + weights if r.random() < 0.3 else [],
            [word(r, "AGGREGATE"), word(r, "SUM", "MIN", "MAX")] if r.random() < 0.3 else [],
            [] if store else scores(r))

    def blocking(r, words):
        """Now and then: where there is nothing to take, both servers wait."""
        return words if r.random() < 0.1 else [b"PING"]

    def pop_count(r):
        return [small(r, -1, 4)] if r.random() < 0.5 else []

    zset = [
        call("ZADD", key, pairs), call("ZADD", key, pairs), call("ZADD", key, pairs),
        call("ZADD", key, zadd_options, pairs), call("ZADD", key, zadd_options, pairs),
        call("ZADD", key, zadd_options, "INCR", score, member), call("ZINCRBY", key, score, member),
        call("ZREM", key, lambda r: [member(r) for _ in range(r.randint(1, 4))]),
        call("ZCARD", key), call("ZSCORE", key, member),
        call("ZMSCORE", key, lambda r: [member(r) for _ in range(r.randint(1, 4))]),
        call("ZRANK", key, member), call("ZREVRANK", key, member),
        call("ZRANGE", key, "0", "-1", "WITHSCORES"), call("ZRANGE", key, range_options),
        call("ZRANGE", key, range_options), call("ZRANGE", key, range_options),
        call("ZRANGESTORE", key, key, lambda r: range_options(r, True)),
        call("ZREVRANGE", key, lambda r: small(r, -8, 8), lambda r: small(r, -8, 8), scores),
        call("ZRANGEBYSCORE", key, bound, bound, scores, limit),
        call("ZREVRANGEBYSCORE", key, bound, bound, scores, limit),
        call("ZADD", lex_key, "0", member, "0", member), call("ZREM", lex_key, member),
        call("ZADD", "lex1", lambda r: [w if i % 2 else b"0" for i, w in enumerate(many(r))]),
        call("ZRANGEBYLEX", lex_key, lex, lex, limit),
        call("ZREVRANGEBYLEX", lex_key, lex, lex, limit),
        call("ZRANGE", lex_key, lex, lex, lex_options),
        call("ZRANGESTORE", key, lex_key, lex, lex, lex_options),
        call("ZCOUNT", key, bound, bound), call("ZLEXCOUNT", lex_key, lex, lex),
        call("ZREMRANGEBYRANK", key, lambda r: small(r, -4, 4), lambda r: small(r, -4, 4)),
        call("ZREMRANGEBYSCORE", key, bound, bound),
        call("ZREMRANGEBYLEX", lex_key, lambda r: b"[b", lex),
        call("ZPOPMIN", key, pop_count), call("ZPOPMAX", key, pop_count),
        call("ZMPOP", sources, lambda r: word(r, "MIN", "MAX"),
             lambda r: [word(r, "COUNT"), small(r, 0, 4)] if r.random() < 0.4 else []),
        lambda r: blocking(r, [word(r, "BZPOPMIN", "BZPOPMAX"), *keys_list(r), b"0.01"]),
        lambda r: blocking(r, [b"BZMPOP", b"0.01", *sources(r), word(r, "MIN", "MAX")] +
                           ([word(r, "COUNT"), small(r, 0, 4)] if r.random() < 0.4 else [])),
        call("ZUNION", combined), call("ZINTER", combined),
        call("ZDIFF", sources, scores),
        call("ZUNIONSTORE", key, lambda r: combined(r, True)),
        call("ZINTERSTORE", key, lambda r: combined(r, True)), call("ZDIFFSTORE", key, sources),
        call("ZINTERCARD", sources,
             lambda r: [word(r, "LIMIT"), small(r, -1, 3)] if r.random() < 0.3 else []),
        call("ZSCAN", key, "0", "COUNT", "100000"), call("ZRANDMEMBER", key, integer),
        call("ZADD", lambda r: r.choice([b"k0", b"k1"]), many), call("DEL", key),
        call("SADD", key, lambda r: [member(r) for _ in range(r.randint(1, 4))]),
        call("SET", key, member),
    ]

    def unit(r):
        return word(r, "m", "km", "ft", "mi") if r.random() < 0.98 else b"x"

    def circle(r):
        return [small(r, 0, 500) if r.random() < 0.8 else r.choice([b"-1", b"x", b"10000"]), unit(r)]

    def places(r):
        return [w for _ in range(r.randint(1, 3)) for w in (longitude(r), latitude(r), member(r))]

    def count(r):
        if r.random() < 0.7:
            return []
        return [word(r, "COUNT"), small(r, 1, 5)] + sometimes(r, 0.2, word(r, "ANY"))

    def order(r):
        return [word(r, "ASC", "DESC")]  # without one, equal distances come as they are found

    def extras(r):
        return shuffled(r, sometimes(r, 0.3, word(r, "WITHDIST")),
                        sometimes(r, 0.3, word(r, "WITHHASH")),
                        sometimes(r, 0.3, word(r, "WITHCOORD")))

    def centre(r):
        if r.random() < 0.5:
            return [word(r, "FROMMEMBER"), member(r)]
        return [word(r, "FROMLONLAT"), longitude(r), latitude(r)]

    def shape(r):
        if r.random() < 0.5:
            return [word(r, "BYRADIUS")] + circle(r)
        return [word(r, "BYBOX"), small(r, 0, 500)] + circle(r)

    def search(r, more):
        return shuffled(r, centre(r), shape(r), order(r) if r.random() < 0.95 else [], count(r),
                        more(r))

    def stored(r):
        return [word(r, "STORE", "STOREDIST"), key(r)] if r.random() < 0.2 else extras(r)

    geo = [
        call("GEOADD", key, places), call("GEOADD", key, places), call("GEOADD", key, places),
        call("GEOADD", key, lambda r: [word(r, "NX", "XX"), word(r, "CH")], places),
        call("GEODIST", key, member, member, lambda r: [unit(r)] if r.random() < 0.5 else []),
        call("GEOHASH", key, lambda r: [member(r) for _ in range(r.randint(0, 3))]),
        call("GEOPOS", key, lambda r: [member(r) for _ in range(r.randint(0, 3))]),
        call("GEOSEARCH", key, lambda r: search(r, extras)),
        call("GEOSEARCH", key, lambda r: search(r, extras)),
        call("GEOSEARCH", key, lambda r: search(r, extras)),
        call("GEOSEARCHSTORE", key, key,
             lambda r: search(r, lambda r: sometimes(r, 0.3, b"STOREDIST"))),
        call("GEORADIUS", key, longitude, latitude, circle, order, count, stored),
        call("GEORADIUS_RO", key, longitude, latitude, circle, order, count, extras),
        call("GEORADIUSBYMEMBER", key, member, circle, order, count, stored),
        call("GEORADIUSBYMEMBER_RO", key, member, circle, order, count, extras),
        call("ZRANGE", key, "0", "-1", "WITHSCORES"), call("DEL", key),
        call("ZREM", key, member), call("ZADD", key, score, member),
    ]
    return zset, geo


# ---- What differs

SPLIT = re.compile(rb"\r\n")


def same_numbers(call, ours, reference):
    """Up to 7.0 scores are printed with 17 digits, since then with as many as they need."""
    if not (call[0].upper().startswith((b"Z", b"BZ", b"GEO"))):
        return False
    left, right = SPLIT.split(ours), SPLIT.split(reference)
    if len(left) != len(right):
        return False
    for a, b in zip(left, right):
        if a == b or (a[:1] == b[:1] == b"$" and a[1:].isdigit() and b[1:].isdigit()):
            continue
        try:
            if float(a.lstrip(b",")) != float(b.lstrip(b",")):
                return False
        except ValueError:
            return False
    return True


def drawn_by_chance(call, ours, reference):
    return call[0] == b"ZRANDMEMBER" and (ours[:1] == reference[:1] != b"-")


def scanned(call, ours, reference):
    """Large sets are scanned in the order of their hashes, and scores have 17 digits."""
    def elements(reply):
        words, at = [], reply.find(b"$", 12)  # behind the cursor
        while at > 0 and reply[at:at + 1] == b"$":
            begin = reply.index(b"\r\n", at) + 2
            end = begin + int(reply[at + 1:begin - 2])
            words.append(reply[begin:end])
            at = end + 2
        return sorted(zip(words[::2], map(float, words[1::2])))
    if call[0] != b"ZSCAN" or ours[:1] != b"*" or reference[:1] != b"*":
        return False
    return elements(ours) == elements(reference)


def rank_with_an_option(call, ours, reference):
    """WITHSCORE came with 7.2."""
    return call[0] in (b"ZRANK", b"ZREVRANK") and b"wrong number" in reference


def small_sets(call, ours, reference):
    """Sets are listpacks since 7.2."""
    return b"hashtable" in reference and b"listpack" in ours


def first_of_equals(call, ours, reference):
    """Of equal distances COUNT keeps some: Redis those that its sort happens to put first."""
    return (call[0][:3] == b"GEO" and any(word.upper() == b"COUNT" for word in call)
            and ours[:1] == b"*" and ours.count(b"\n") == reference.count(b"\n"))


ZSET_KNOWN = [same_numbers, drawn_by_chance, scanned, rank_with_an_option, small_sets,
              first_of_equals]
