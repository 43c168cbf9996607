"""Lists, HyperLogLog and SORT for differ.py."""

# Left out where the calls before a difference are shown.
READS = {b"LLEN", b"LINDEX", b"LRANGE", b"LPOS", b"PFCOUNT", b"SORT_RO"}


def makers(call, key, keys_list, value, small, word, sometimes, shuffled):
    def element(r):
        """Few different ones, so that searches find some; now and then one that fills a node."""
        kind = r.random()
        if kind < 0.7:
            return b"%d" % r.randint(0, 12)
        return b"x" * r.randint(3000, 9000) if kind > 0.98 else value(r)

    def elements(r):
        return [element(r) for _ in range(r.choice([1, 1, 2, 5, 30]))]

    def end(r):
        return word(r, "LEFT", "RIGHT", "LEFT", "RIGHT", "LEFT", "RIGHT", "UP")

    def count_option(r):
        return sometimes(r, 0.5, small(r, -1, 12))

    def lpos_options(r):
        return shuffled(r, [word(r, "RANK"), small(r, -4, 4)] if r.random() < 0.4 else [],
                        [word(r, "COUNT"), small(r, -1, 4)] if r.random() < 0.4 else [],
                        [word(r, "MAXLEN"), small(r, -1, 40)] if r.random() < 0.4 else [])

    def counted_keys(r):
        names = keys_list(r)
        count = len(names) if r.random() < 0.95 else r.randint(-1, 7)
        return [b"%d" % count] + names

    def blocking(r, words):
        """Now and then: where there is nothing to take, both servers wait."""
        if r.random() < 0.02:
            words[-1 if words[0] != b"BLMPOP" else 1] = r.choice([b"-1", b"x", b"1e400", b"nan"])
        return words if r.random() < 0.2 else [b"PING"]

    def node_size(r):
        return b"%d" % r.choice([-2, -2, -2, -1, -5, 1, 3, 16, 128])

    LIST = [
        call("LPUSH", key, elements), call("RPUSH", key, elements), call("LPUSH", key, elements),
        call("RPUSH", key, elements), call("LPUSHX", key, elements), call("RPUSHX", key, elements),
        call("LPOP", key, count_option), call("RPOP", key, count_option), call("LLEN", key),
        call("LINDEX", key, small), call("LSET", key, lambda r: b"%d" % r.randint(-9, 9), element),
        call("LRANGE", key, small, small), call("LTRIM", key, lambda r: small(r, -60, 5), small),
        call("LREM", key, lambda r: small(r, -3, 3), element),
        call("LINSERT", key, lambda r: word(r, "BEFORE", "AFTER", "BEFORE", "AFTER", "AT"), element,
             element),
        call("LINSERT", key, lambda r: word(r, "BEFORE", "AFTER"), element, element),
        call("LPOS", key, element, lpos_options), call("LMOVE", key, key, end, end),
        call("RPOPLPUSH", key, key),
        call("LMPOP", counted_keys, end,
             lambda r: sometimes(r, 0.5, word(r, "COUNT"), small(r, 0, 9))),
        lambda r: blocking(r, [word(r, "BLPOP", "BRPOP"), *keys_list(r), b"0.01"]),
        lambda r: blocking(r, [b"BLMOVE", key(r), key(r), end(r), end(r), b"0.01"]),
        lambda r: blocking(r, [b"BRPOPLPUSH", key(r), key(r), b"0.01"]),
        lambda r: blocking(r, [b"BLMPOP", b"0.01", *counted_keys(r), end(r)] +
                           sometimes(r, 0.5, word(r, "COUNT"), small(r, 0, 9))),
        call("COPY", key, key, "REPLACE"),
        call("CONFIG", "SET", "list-max-listpack-size", node_size),
    ]

    def members(r):
        return [b"%d" % r.randint(0, 5000) for _ in range(r.choice([0, 1, 3, 20, 300]))]

    HYPERLOGLOG = [
        call("PFADD", key, members), call("PFADD", key, members), call("PFADD", key, value),
        call("PFCOUNT", key), call("PFCOUNT", keys_list), call("PFMERGE", key, keys_list),
        call("PFDEBUG", lambda r: word(r, "ENCODING", "DECODE", "TODENSE", "GETREG", "NONE"), key),
        call("CONFIG", "SET", "hll-sparse-max-bytes",
             lambda r: r.choice([b"3000", b"200", b"9000"])),
        call("DEL", key),
        # Only the head: what broken runs do is not worth copying.
        call("SETRANGE", key, lambda r: b"%d" % r.randint(0, 15),
             lambda r: r.choice([b"", b"H", b"\x00", b"\xff"])),
    ]

    def sort_options(r):
        """Without LIMIT and STORE of what is ordered BY others: Redis orders equals by chance then."""
        def pattern():
            return r.choice([b"k*", b"*", b"nosort", b"#", b"k*->f", b"k"])
        by = [word(r, "BY"), pattern()] if r.random() < 0.4 else []
        return shuffled(
            r, by, [word(r, "GET"), pattern()] if r.random() < 0.4 else [],
            [word(r, "GET"), pattern()] if r.random() < 0.2 else [],
            [] if by or r.random() < 0.7 else [word(r, "LIMIT"), small(r, -2, 9), small(r, -2, 9)],
            sometimes(r, 0.4, word(r, "ASC", "DESC")), sometimes(r, 0.5, word(r, "ALPHA")),
            [word(r, "STORE"), key(r)] if not by and r.random() < 0.2 else [])

    def sortable(r):
        """No zero bytes: Redis sorts by what C takes for the text."""
        return r.choice([b"", b"abc", b"b a", b"1.5", b"1e3", b"nan", b"-0",
                         b"99999999999999999999"])

    SORT = [
        call("SORT", key, sort_options), call("SORT_RO", key, sort_options),
        # Never torn: that would add zero bytes and hexadecimal numbers, which 4f8cdc2 does not read
        # any more (fast_float) and up to 7.4 everything did.
        lambda r: [b"RPUSH", key(r)] + [b"%d" % r.randint(-3, 12) for _ in range(5)],
        lambda r: [b"SADD", key(r)] + [b"%d" % r.randint(-3, 12) for _ in range(5)],
        lambda r: [b"ZADD", key(r)] + [b"%d" % r.randint(-3, 12) for _ in range(6)],
        lambda r: [b"RPUSH", key(r), sortable(r)],
        lambda r: [b"SET", key(r), sortable(r)], call("DEL", key),
    ]

    return LIST, HYPERLOGLOG, SORT
