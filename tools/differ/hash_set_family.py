"""Hashes and sets, for families.py."""

MEMBERS = ([b"%d" % i for i in range(-3, 30)] + [b"m%d" % i for i in range(12)] +
           [b"70000", b"-5000000000", b"9223372036854775807", b"007", b"", b"\xff\x00\r\n",
            b"x" * 64, b"y" * 65, b"z" * 300])


def member(r):
    return r.choice(MEMBERS)


def members(r):
    return [member(r) for _ in range(r.choice([1, 1, 2, 3, 8, 40]))]


def makers(call, key, keys_list, integer, glob, word, sometimes, shuffled, integers, fractions, junk):
    """The makers of hashes, of fields that expire, and of sets."""
    def element(r):
        return r.choice(MEMBERS + fractions + integers)

    def field_values(r):
        return [w for _ in range(r.choice([1, 1, 2, 6, 30])) for w in (member(r), element(r))]

    def counted_keys(r):
        keys = keys_list(r)
        return [b"%d" % (len(keys) if r.random() < 0.95 else r.randint(-1, 6))] + keys

    def scan_options(r):
        return shuffled(r, [word(r, "COUNT"), b"100000"], sometimes(r, 0.4, word(r, "MATCH"), glob(r)),
                        sometimes(r, 0.03, b"AB"))

    def fields(r):
        some = members(r)
        return [word(r, "FIELDS"), b"%d" % (len(some) if r.random() < 0.95 else r.randint(-1, 5))] + some

    def condition(r):
        return sometimes(r, 0.5, word(r, "NX", "XX", "GT", "LT"))

    def seconds(r):
        """Hardly ever the same twice: GT and LT would compare the servers' clocks."""
        return r.choice([b"%d" % (10 * r.randint(100, 100000)), b"%d" % (10 * r.randint(100, 100000)),
                         b"0", b"-1", b"99999999999999", integer(r)])

    def unix_seconds(r):
        return r.choice([b"4000000000", b"4100000000", b"1", b"0", integer(r)])

    def thousand(make):
        return lambda r: make(r) + b"000"

    def set_limits(r):
        """Both the same: else a set's encoding depends on the order of the members it is made of."""
        most = r.choice([b"4", b"20", b"128"])
        return [b"CONFIG", b"SET", b"set-max-intset-entries", most, b"set-max-listpack-entries", most]

    hashes = [
        call("HSET", key, field_values), call("HSET", key, field_values),
        call("HMSET", key, field_values), call("HSETNX", key, member, element),
        call("HGET", key, member), call("HMGET", key, members), call("HGETALL", key),
        call("HKEYS", key), call("HVALS", key), call("HLEN", key), call("HSTRLEN", key, member),
        call("HEXISTS", key, member), call("HDEL", key, members),
        call("HINCRBY", key, member, integer),
        call("HINCRBYFLOAT", key, member, lambda r: r.choice(fractions + integers[:8] + junk)),
        call("HSCAN", key, "0", scan_options), call("HRANDFIELD", key, "100000"),
        call("HRANDFIELD", key, "100000", lambda r: word(r, "WITHVALUES", "WITHSCORES")),
        call("HRANDFIELD", key, lambda r: r.choice([b"0", b"x", b"-9223372036854775808"])),
        call("DEL", key),
        call("CONFIG", "SET", "hash-max-listpack-entries", lambda r: r.choice([b"4", b"20", b"128"])),
        call("CONFIG", "SET", "hash-max-listpack-value", lambda r: r.choice([b"4", b"64", b"200"])),
    ]

    # From Redis 7.4 on.
    field_expiry = hashes + [
        call("HEXPIRE", key, seconds, condition, fields),
        call("HPEXPIRE", key, thousand(seconds), condition, fields),
        call("HEXPIREAT", key, unix_seconds, condition, fields),
        call("HPEXPIREAT", key, thousand(unix_seconds), condition, fields),
        call("HPERSIST", key, fields), call("HTTL", key, fields), call("HPTTL", key, fields),
        call("HEXPIRETIME", key, fields), call("HPEXPIRETIME", key, fields),
        call("HSCAN", key, "0", scan_options, lambda r: word(r, "NOVALUES")),
        call("COPY", key, key, "REPLACE"), call("RENAME", key, key),
    ]

    sets = [
        call("SADD", key, members), call("SADD", key, members), call("SREM", key, members),
        call("SISMEMBER", key, member), call("SMISMEMBER", key, members), call("SCARD", key),
        call("SMEMBERS", key), call("SMOVE", key, key, member), call("SINTER", keys_list),
        call("SUNION", keys_list), call("SDIFF", keys_list), call("SINTERSTORE", key, keys_list),
        call("SUNIONSTORE", key, keys_list), call("SDIFFSTORE", key, keys_list),
        call("SINTERCARD", counted_keys,
             lambda r: sometimes(r, 0.4, word(r, "LIMIT"), r.choice([b"0", b"2", b"-1", b"x"]))),
        call("SSCAN", key, "0", scan_options), call("SRANDMEMBER", key, "100000"),
        call("SRANDMEMBER", key, lambda r: r.choice([b"0", b"x", b"-9223372036854775808"])),
        # Never torn: without a count each server would remove another member.
        lambda r: [b"SPOP", key(r), r.choice([b"100000", b"0", b"x", b"-1"])],
        call("DEL", key),
        set_limits,
    ]

    return hashes, field_expiry, sets

# Their elements come in no order that could be compared.
UNORDERED = {b"HGETALL", b"HKEYS", b"HVALS", b"HSCAN", b"HRANDFIELD", b"SMEMBERS", b"SINTER",
             b"SUNION", b"SDIFF", b"SSCAN", b"SRANDMEMBER", b"SPOP"}

READS = {b"HGET", b"HMGET", b"HLEN", b"HSTRLEN", b"HEXISTS", b"HTTL", b"HPTTL", b"HEXPIRETIME",
         b"HPEXPIRETIME", b"SISMEMBER", b"SMISMEMBER", b"SCARD", b"SINTERCARD"} | UNORDERED


def times_agree(call, ours, reference):
    """Replies that tell the time, field by field."""
    if call[0] not in (b"HTTL", b"HPTTL", b"HEXPIRETIME", b"HPEXPIRETIME"):
        return False
    mine, theirs = ours.split(b"\r\n"), reference.split(b"\r\n")
    if len(mine) != len(theirs) or ours[:1] != b"*" or reference[:1] != b"*":
        return False
    slack = 2000 if call[0].startswith(b"HP") else 2
    return all(a == b or (a[:1] == b[:1] == b":" and int(a[1:]) > 0 and int(b[1:]) > 0 and
                          abs(int(a[1:]) - int(b[1:])) <= slack) for a, b in zip(mine, theirs))


def one_at_random(call, ours, reference):
    """Each server draws its own."""
    return (call[0] in (b"HRANDFIELD", b"SRANDMEMBER") and len(call) == 2
            and ours[:1] == reference[:1] == b"$" and b"$-1" not in (ours[:3], reference[:3]))


def no_field_expires(call, ours, reference):
    """Redis calls a hash listpackex from the first HEXPIRE on, even one that set nothing."""
    return (call[:2] == [b"OBJECT", b"ENCODING"] and ours == b"$8\r\nlistpack\r\n"
            and reference == b"$10\r\nlistpackex\r\n")


KNOWN = [times_agree, one_at_random, no_field_expires]


def worked_out_by_removing(call, ours, reference, before):
    """SDIFFSTORE may add the whole first set and remove what the others have: the result keeps the
    encoding that the whole set needed (sunionDiffGenericCommand, its second algorithm)."""
    compact = {b"$6\r\nintset\r\n": 0, b"$8\r\nlistpack\r\n": 1, b"$9\r\nhashtable\r\n": 2}
    stored = [old for old in before if old[0].endswith(b"STORE") and old[1] == call[-1]]
    return (call[:2] == [b"OBJECT", b"ENCODING"] and stored != [] and stored[-1][0] == b"SDIFFSTORE"
            and compact.get(ours, 9) < compact.get(reference, -1))


KNOWN_BY_HISTORY = [worked_out_by_removing]
