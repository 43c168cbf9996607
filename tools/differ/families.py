"""What differ.py calls: for each family a list of functions that make one random call.

A family of new commands is added here: its makers, and in KNOWN what differs on purpose.
"""
import acl_family
import hash_set_family
import list_family
import script_family
import zset_family

KEYS = [b"k%d" % i for i in range(8)]

INTEGERS = [b"0", b"1", b"-1", b"2", b"7", b"8", b"10", b"-3", b"100", b"9999", b"10000", b"1000000",
            b"9223372036854775807", b"-9223372036854775808", b"9223372036854775808"]
JUNK = [b"", b"abc", b" 1", b"1 ", b"+1", b"007", b"-0", b"1.5", b"1e3", b"nan", b"0x10", b"\x00",
        b"\xff\x00\r\n"]
FRACTIONS = [b"0.1", b"-2.5", b"3", b"1e10", b"1.00000000000000001", b"inf", b"-inf", b"1e-5",
             b"99999999999999999999", b"0.3", b"5.0e3", b"-0.0"]


def key(r):
    return r.choice(KEYS)


def integer(r):
    return r.choice(INTEGERS) if r.random() < 0.9 else r.choice(JUNK)


def small(r, low=-20, high=60):
    return b"%d" % r.randint(low, high) if r.random() < 0.95 else integer(r)


def value(r):
    kind = r.random()
    if kind < 0.3:
        return r.choice(INTEGERS)
    if kind < 0.45:
        return r.choice(JUNK + FRACTIONS)
    size = r.choice([1, 3, 8, 20, 43, 44, 45, 46, 100, 500, 1023, 1024, 1025, 3000])
    return bytes(r.choice(b"abcdefgh\x00\xff") for _ in range(size))


def word(r, *words):
    chosen = r.choice(words).encode()
    return chosen if r.random() < 0.7 else chosen.lower()


# Nothing that may pass between two looks at a key.
ODD_AMOUNTS = [b"0", b"-1", b"9223372036854775807", b"-9223372036854775808",
               b"9223372036854775808", b"9223372036854775"] + JUNK


def expiry(r):
    name = r.choice(["EX", "PX", "EXAT", "PXAT"])
    if r.random() < 0.15:
        return [word(r, name), r.choice(ODD_AMOUNTS)]
    amount = {"EX": [seconds(r)], "PX": [seconds(r) * 1000], "EXAT": [4000000000, 1],
              "PXAT": [4000000000000, 5]}
    return [word(r, name), b"%d" % r.choice(amount[name])]


def seconds(r):
    """Ten apart: two moments that are close to each other would be compared by GT and LT."""
    return r.randrange(100, 100000) * 10


def sometimes(r, chance, *words):
    return list(words) if r.random() < chance else []


def shuffled(r, *options):
    options = [option for option in options if option]
    r.shuffle(options)
    return [w for option in options for w in option]


def torn(r, call):
    """Now and then a call that lacks its end or has more than it should."""
    if r.random() < 0.02 and len(call) > 1:
        return call[:-1]
    if r.random() < 0.02:
        return call + [r.choice(JUNK)]
    return call


def call(*parts):
    """A maker from words and functions of words."""
    def make(r):
        words = []
        for part in parts:
            made = part(r) if callable(part) else part.encode()
            words += made if isinstance(made, list) else [made]
        return torn(r, words)
    return make


def keys_list(r):
    return [key(r) for _ in range(r.randint(1, 5))]


def pairs(r):
    return [w for _ in range(r.randint(1, 4)) for w in (key(r), value(r))]


def set_options(r):
    return shuffled(
        r, sometimes(r, 0.2, word(r, "NX", "XX")), sometimes(r, 0.03, word(r, "NX", "XX")),
        sometimes(r, 0.2, word(r, "GET")), expiry(r) if r.random() < 0.3 else [],
        expiry(r) if r.random() < 0.04 else [], sometimes(r, 0.1, word(r, "KEEPTTL")),
        sometimes(r, 0.02, r.choice(JUNK)))


def getex_options(r):
    return shuffled(r, expiry(r) if r.random() < 0.5 else [],
                    sometimes(r, 0.2, word(r, "PERSIST")), sometimes(r, 0.05, word(r, "KEEPTTL")))


def lcs_options(r):
    return shuffled(r, sometimes(r, 0.3, word(r, "LEN")), sometimes(r, 0.4, word(r, "IDX")),
                    sometimes(r, 0.3, word(r, "WITHMATCHLEN")),
                    [word(r, "MINMATCHLEN"), small(r, -2, 5)] if r.random() < 0.3 else [])


STRING = [
    call("GET", key), call("STRLEN", key), call("SET", key, value), call("SET", key, value),
    call("SET", key, value, set_options), call("SET", key, value, set_options),
    call("SETNX", key, value), call("GETSET", key, value), call("GETDEL", key),
    call("GETEX", key, getex_options), call("MGET", keys_list), call("MSET", pairs),
    call("MSETNX", pairs), call("APPEND", key, value),
    call("SETRANGE", key, lambda r: small(r, -2, 1500), value),
    call("GETRANGE", key, small, small), call("SUBSTR", key, small, small),
    call("LCS", key, key, lcs_options),
    call("SETEX", key, lambda r: r.choice([b"1000", b"5000", b"0", b"-1", b"x"]), value),
    call("PSETEX", key, lambda r: r.choice([b"5000000", b"0", b"9223372036854775807"]), value),
]

NUMBER = [
    call("INCR", key), call("DECR", key), call("INCRBY", key, integer),
    call("DECRBY", key, integer),
    call("INCRBYFLOAT", key, lambda r: r.choice(FRACTIONS + INTEGERS[:8] + JUNK)),
    call("SET", key, lambda r: r.choice(INTEGERS + FRACTIONS)),
]


def bit_range(r):
    shape = r.random()
    if shape < 0.3:
        return []
    words = [small(r), small(r)]
    if shape < 0.6:
        words.append(word(r, "BIT", "BYTE", "BIT", "BYTE", "WORD"))
    return words


def bitpos_range(r):
    return bit_range(r)[:r.choice([0, 1, 2, 3, 3])]


def field_type(r):
    if r.random() < 0.04:
        return r.choice([b"u64", b"i65", b"i0", b"x8", b"", b"u"])
    return b"%s%d" % (r.choice([b"i", b"u"]), r.choice([1, 2, 5, 8, 16, 31, 32, 63]))


def field_offset(r):
    """Redis multiplies "#n" without looking whether that fits 64 bits: keep n small."""
    return b"#%d" % r.randint(0, 70) if r.random() < 0.3 else small(r, 0, 70)


def field_operand(r):
    """Without the lowest integer: Redis takes it for too large a value of a signed field."""
    operand = integer(r)
    return b"-1000000000000000000" if operand == b"-9223372036854775808" else operand


def field_ops(r):
    words = []
    for _ in range(r.randint(0, 4)):
        kind = r.random()
        if kind < 0.3:
            words += [word(r, "GET"), field_type(r), field_offset(r)]
        elif kind < 0.5:
            words += [word(r, "OVERFLOW"), word(r, "WRAP", "SAT", "FAIL", "FAIL", "SAT")]
        else:
            words += [word(r, "SET", "INCRBY"), field_type(r), field_offset(r), field_operand(r)]
    return words


BITMAP = [
    call("SETBIT", key, lambda r: small(r, 0, 9000), lambda r: r.choice([b"0", b"1", b"1", b"2"])),
    call("GETBIT", key, lambda r: small(r, 0, 9000)),
    call("BITCOUNT", key, bit_range), call("BITPOS", key, lambda r: r.choice([b"0", b"1", b"2"]),
                                           bitpos_range),
    call("BITOP", lambda r: word(r, "AND", "OR", "XOR", "NOT", "NAND"), key, keys_list),
    call("BITOP", "NOT", key, key),
    call("BITFIELD", key, field_ops), call("BITFIELD_RO", key, field_ops),
    call("SET", key, value),
]


def copy_options(r):
    return shuffled(r, sometimes(r, 0.5, word(r, "REPLACE")),
                    [word(r, "DB"), r.choice([b"0", b"1", b"16", b"x", b"-1"])]
                    if r.random() < 0.2 else [])


def glob(r):
    return r.choice([b"*", b"k*", b"k?", b"[kx][0-3]", b"k[^1]", b"\\k1", b"", b"none", b"*1*"])


def scan_options(r):
    """One call sees everything: cursors are each server's own."""
    return shuffled(r, [word(r, "COUNT"), b"100000"], sometimes(r, 0.4, word(r, "MATCH"), glob(r)),
                    sometimes(r, 0.3, word(r, "TYPE"), word(r, "string", "list")))


KEYSPACE = [
    call("DEL", keys_list), call("UNLINK", keys_list), call("EXISTS", keys_list),
    call("TOUCH", keys_list), call("TYPE", key), call("KEYS", glob), call("RANDOMKEY"),
    call("RENAME", key, key), call("RENAMENX", key, key), call("COPY", key, key, copy_options),
    call("MOVE", key, lambda r: r.choice([b"0", b"1", b"16", b"x", b"99999999999"])),
    call("SCAN", "0", scan_options), call("SCAN", lambda r: r.choice([b"x", b""]), scan_options),
    call("SCAN", "0", "COUNT", lambda r: r.choice([b"0", b"-1", b"x"])),
    call("OBJECT", lambda r: word(r, "REFCOUNT", "ENCODING", "FREQ", "IDLETIME"), key),
    call("SET", key, value), call("MSET", pairs),
]


def expire_options(r):
    return shuffled(r, sometimes(r, 0.25, word(r, "NX", "XX", "GT", "LT")),
                    sometimes(r, 0.2, word(r, "NX", "XX", "GT", "LT")), sometimes(r, 0.02, b"AB"))


EXPIRE = [
    call("EXPIRE", key, lambda r: r.choice([b"%d" % seconds(r), b"%d" % seconds(r), b"-1", r.choice(ODD_AMOUNTS)]),
         expire_options),
    call("PEXPIRE", key, lambda r: r.choice([b"%d000" % seconds(r), r.choice(ODD_AMOUNTS)]),
         expire_options),
    call("EXPIREAT", key, lambda r: r.choice([b"4000000000", b"1"]), expire_options),
    call("PEXPIREAT", key, lambda r: r.choice([b"4000000000000", b"4100000000000", b"5"]),
         expire_options),
    call("TTL", key), call("PTTL", key), call("EXPIRETIME", key), call("PEXPIRETIME", key),
    call("PERSIST", key), call("SET", key, value), call("SET", key, value, set_options),
]

def stream_id(r):
    """Few milliseconds and few numbers in them, so that ids meet."""
    kind = r.random()
    if kind < 0.04:
        return r.choice(JUNK + [b"-", b"+", b"$", b">", b"5-", b"-5", b"5-*", b"18446744073709551615"])
    if kind < 0.2:
        return b"%d" % r.randint(0, 60)
    return b"%d-%d" % (r.randint(0, 60), r.randint(0, 6))


def stream_bound(r):
    if r.random() < 0.4:
        return r.choice([b"-", b"+"])
    return (b"(" if r.random() < 0.2 else b"") + stream_id(r)


def new_stream_id(r):
    """No clock: the servers would choose different times."""
    return b"%d-*" % r.randint(0, 60) if r.random() < 0.6 else stream_id(r)


def stream_ids(r):
    return [stream_id(r) for _ in range(r.randint(1, 4))]


def stream_fields(r):
    names = r.choice([[b"name", b"age"], [b"name", b"age"], [b"12"], [b"x", value(r)]])
    return [w for name in names for w in (name, value(r))]


def stream_trim(r):
    words = [word(r, "MAXLEN", "MINID")]
    if r.random() < 0.6:
        words.append(r.choice([b"~", b"=", b"="]))
    words.append(small(r, -1, 40) if words[0].upper() == b"MAXLEN" else stream_id(r))
    return words + (sometimes(r, 0.15, word(r, "LIMIT"), small(r, -1, 300)))


def xadd_options(r):
    return shuffled(r, stream_trim(r) if r.random() < 0.1 else [],
                    sometimes(r, 0.1, word(r, "NOMKSTREAM")))


def stream_count(r):
    return [word(r, "COUNT"), small(r, -1, 9)] if r.random() < 0.5 else []


def group_name(r):
    return r.choice([b"g1", b"g2", b"g3"])


def consumer(r):
    return r.choice([b"ann", b"bob", b"eve"])


def min_idle(r):
    """Nothing that may pass between the two servers."""
    return r.choice([b"0", b"0", b"50000", b"-1", b"x"])


def read_streams(ids):
    def make(r):
        keys = r.sample(KEYS, r.randint(1, 3))
        return [word(r, "STREAMS"), *keys, *[ids(r) for _ in keys]]
    return make


def claim_options(r):
    return shuffled(
        r, [word(r, "IDLE"), b"100000"] if r.random() < 0.3 else [],
        [word(r, "RETRYCOUNT"), small(r, 0, 9)] if r.random() < 0.2 else [],
        sometimes(r, 0.3, word(r, "FORCE")), sometimes(r, 0.3, word(r, "JUSTID")),
        [word(r, "LASTID"), stream_id(r)] if r.random() < 0.1 else [])


def group_options(r):
    return shuffled(r, sometimes(r, 0.4, word(r, "MKSTREAM")),
                    [word(r, "ENTRIESREAD"), small(r, -2, 30)] if r.random() < 0.3 else [])


def setid_options(r):
    return shuffled(r, [word(r, "ENTRIESADDED"), small(r, -1, 90)] if r.random() < 0.3 else [],
                    [word(r, "MAXDELETEDID"), stream_id(r)] if r.random() < 0.2 else [])


def pending_range(r):
    if r.random() < 0.3:
        return []
    idle = [word(r, "IDLE"), r.choice([b"0", b"50000", b"x"])] if r.random() < 0.3 else []
    named = [consumer(r)] if r.random() < 0.4 else []
    return idle + [stream_bound(r), stream_bound(r), small(r, -1, 9)] + named


def in_full(r):
    return [word(r, "FULL")] + stream_count(r) if r.random() < 0.5 else []


STREAM = [call("XADD", key, xadd_options, new_stream_id, stream_fields)] * 12 + [
    call("XLEN", key), call("XRANGE", key, stream_bound, stream_bound, stream_count),
    call("XREVRANGE", key, stream_bound, stream_bound, stream_count),
    call("XDEL", key, stream_ids), call("XTRIM", key, stream_trim), call("XDEL", key, stream_ids),
    call("XSETID", key, stream_id, setid_options),
    call("XREAD", stream_count, read_streams(lambda r: b"$" if r.random() < 0.1 else stream_id(r))),
    call("XREADGROUP", "GROUP", group_name, consumer, stream_count,
         lambda r: sometimes(r, 0.2, b"NOACK"),
         lambda r: [b"STREAMS", key(r), b">" if r.random() < 0.7 else stream_id(r)]),
    call("XREADGROUP", "GROUP", group_name, consumer, stream_count, read_streams(lambda r: b">")),
    lambda r: [b"XREAD", *stream_count(r), b"BLOCK", r.choice([b"1", b"1", b"-1", b"x"]),
               *read_streams(stream_id)(r)] if r.random() < 0.1 else [b"PING"],
    lambda r: [b"XREADGROUP", b"GROUP", group_name(r), consumer(r), b"BLOCK", b"1",
               *read_streams(lambda r: b">")(r)] if r.random() < 0.1 else [b"PING"],
    call("CONFIG", "SET", "stream-node-max-entries", lambda r: r.choice([b"3", b"10", b"100"])),
    call("XGROUP", "CREATE", key, group_name,
         lambda r: r.choice([b"0", b"$", stream_id(r)]), group_options),
    call("XGROUP", "SETID", key, group_name, lambda r: r.choice([b"0", b"$", stream_id(r)]),
         lambda r: [w for w in group_options(r) if w.upper() != b"MKSTREAM"]),
    call("XGROUP", "CREATECONSUMER", key, group_name, consumer),
    lambda r: [b"XGROUP", b"DELCONSUMER" if r.random() < 0.3 else b"CREATECONSUMER", key(r),
               group_name(r), consumer(r)],
    lambda r: [b"XGROUP", b"DESTROY", key(r), group_name(r)] if r.random() < 0.2 else [b"PING"],
    call("XACK", key, group_name, stream_ids), call("XPENDING", key, group_name, pending_range),
    call("XCLAIM", key, group_name, consumer, min_idle, stream_ids, claim_options),
    call("XAUTOCLAIM", key, group_name, consumer, min_idle, stream_bound, stream_count,
         lambda r: sometimes(r, 0.3, word(r, "JUSTID"))),
    call("XINFO", "STREAM", key, in_full), call("XINFO", "GROUPS", key),
    call("XINFO", "CONSUMERS", key, group_name), call("XINFO", "STREAM", key, in_full),
    lambda r: [b"DEL", key(r)] if r.random() < 0.3 else [b"PING"], call("COPY", key, key),
]

# Left out where the calls before a difference are shown.
READS = zset_family.READS | list_family.READS | hash_set_family.READS | {
         b"GET", b"MGET", b"STRLEN", b"GETRANGE", b"SUBSTR", b"LCS", b"GETBIT", b"BITCOUNT",
         b"BITPOS", b"BITFIELD_RO", b"EXISTS", b"TOUCH", b"TYPE", b"KEYS", b"SCAN", b"OBJECT",
         b"TTL", b"PTTL", b"EXPIRETIME", b"PEXPIRETIME", b"XLEN", b"XRANGE", b"XREVRANGE", b"XREAD",
         b"XPENDING", b"XINFO"}

HASH, FIELD_EXPIRY, SET = hash_set_family.makers(
    call, key, keys_list, integer, glob, word, sometimes, shuffled, INTEGERS, FRACTIONS, JUNK)
ZSET, GEO = zset_family.makers(call, key, keys_list, small, integer, word, sometimes, shuffled)

LIST, HYPERLOGLOG, SORT = list_family.makers(call, key, keys_list, value, small, word, sometimes,
                                              shuffled)

FAMILIES = {"hash": HASH, "field-expiry": FIELD_EXPIRY, "set": SET, "zset": ZSET, "geo": GEO,
            "string": STRING, "number": NUMBER, "bitmap": BITMAP, "keys": KEYSPACE,
            "expire": EXPIRE, "list": LIST, "hyperloglog": HYPERLOGLOG, "sort": SORT,
            "stream": STREAM, "acl": acl_family.makers(),
            **script_family.makers(call, key, value, small, word)}


# What they compare is younger than 7.0 (field expiry, the compact sets and lists of 7.2, when a hash
# outgrows its listpack, the texts of streams, how rules are printed): to be asked for, with a later
# reference.
NEWER = {"acl", "hash", "field-expiry", "set", "list", "sort", "stream"}


def lines(reply):
    return sorted(reply.split(b"\r\n"))


def same_but_for_times(ours, reference):
    """The same lines, but for integers that may be a time since something."""
    pairs = list(zip(ours.split(b"\r\n"), reference.split(b"\r\n")))
    return len(ours.split(b"\r\n")) == len(reference.split(b"\r\n")) and all(
        a == b or (a[:1] == b[:1] == b":" and abs(int(a[1:]) - int(b[1:])) <= 2000)
        for a, b in pairs)


def comparable(call, ours, reference):
    """Replies that may differ because they tell the time or come in no order."""
    name = call[0].upper()
    if name in (b"TTL", b"PTTL", b"EXPIRETIME", b"PEXPIRETIME"):
        slack = 2000 if name.startswith(b"P") else 2
        return (ours[:1] == reference[:1] == b":" and int(ours[1:]) > 0 and int(reference[1:]) > 0
                and abs(int(ours[1:]) - int(reference[1:])) <= slack)
    if name in hash_set_family.UNORDERED or name in (b"KEYS", b"SCAN"):
        return lines(ours) == lines(reference)
    if name == b"XPENDING" or call[:2] == [b"XINFO", b"CONSUMERS"] or b"FULL" in map(bytes.upper, call):
        return same_but_for_times(ours, reference)
    if name == b"OBJECT" and call[1:2] and call[1].upper() == b"IDLETIME":
        return ours[:1] == reference[:1] == b":" and abs(int(ours[1:]) - int(reference[1:])) <= 1
    if name == b"RANDOMKEY":
        return ours[:2] == reference[:2] and ours[:3] != b"$-1"
    return False


# What 7.0, the usual reference, does in another way than 7.4, and what we do on purpose.

def getrange_before_the_start(call, ours, reference):
    """Up to 7.0 an end before the first byte means the first byte."""
    return call[0] in (b"GETRANGE", b"SUBSTR") and ours == b"$0\r\n\r\n" and reference[:3] == b"$1\r"


def bits_of_an_absent_key(call, ours, reference):
    """Up to 7.0 BITCOUNT and BITPOS of an absent key do not look at their range."""
    return call[0] in (b"BITCOUNT", b"BITPOS") and ours[:1] == b"-" and reference[:1] == b":"


def cut_at_a_zero_byte(call, ours, reference):
    """Redis prints some words of a call as C strings."""
    return ours[:1] == b"-" and ours[:ours.find(b"\0")] + b"\r\n" == reference


def copied_small_integer(call, ours, reference):
    """Redis shares small integers until they are copied."""
    return call[1:2] and call[1].upper() == b"REFCOUNT" and reference == b":1\r\n"


def no_cursor(call, ours, reference):
    """Up to 7.0 an empty cursor is 0."""
    return call[:2] == [b"SCAN", b""] and ours == b"-ERR invalid cursor\r\n"


def untouched_by_an_edit(call, ours, reference):
    """SETBIT and BITFIELD that change nothing leave even the encoding of a value alone."""
    return call[:2] == [b"OBJECT", b"ENCODING"] and reference == b"$3\r\nraw\r\n"


def field_number_overflow(call, ours, reference):
    """Redis multiplies "#n" without looking whether that fits 64 bits."""
    return call[0].startswith(b"BITFIELD") and b"bit offset" in ours and b"#-92233" in b"".join(call)


def nodes_of_no_tree(call, ours, reference):
    """XINFO STREAM: there is no radix tree here, its number of nodes is a guess."""
    def without_nodes(reply):
        parts = reply.split(b"$16\r\nradix-tree-nodes\r\n")
        return parts[0] + b"".join(part.partition(b"\r\n")[2] for part in parts[1:])
    return (call[:2] == [b"XINFO", b"STREAM"]
            and same_but_for_times(without_nodes(ours), without_nodes(reference)))


def nodes_split_elsewhere(call, ours, reference):
    """A list's nodes are split and joined at other places than Redis's: which of two lists of the same
    elements is a single listpack again may differ."""
    names = {b"$8\r\nlistpack\r\n", b"$9\r\nquicklist\r\n"}
    return call[:2] == [b"OBJECT", b"ENCODING"] and {ours, reference} == names


def equals_in_the_order_of_a_table(call, ours, reference):
    """SORT BY: of equal weights Redis answers the members of sets and sorted sets as its hash table
    has them (sortCommandGeneric walks the dict), ours in the order of the collection."""
    return (call[0].upper() in (b"SORT", b"SORT_RO") and b"BY" in map(bytes.upper, call)
            and ours[:1] == reference[:1] == b"*" and lines(ours) == lines(reference))


KNOWN = [
    equals_in_the_order_of_a_table, nodes_split_elsewhere, nodes_of_no_tree, copied_small_integer, no_cursor, untouched_by_an_edit,
    cut_at_a_zero_byte, getrange_before_the_start, bits_of_an_absent_key,
    *zset_family.ZSET_KNOWN, *hash_set_family.KNOWN]


def converted_to_be_sorted(call, ours, reference, before):
    """SORT makes a skiplist of the sorted set that it reads, and leaves it so (sortCommandGeneric)."""
    return (call[:2] == [b"OBJECT", b"ENCODING"] and ours == b"$8\r\nlistpack\r\n"
            and reference == b"$8\r\nskiplist\r\n"
            and any(old[0].upper().startswith(b"SORT") for old in before))


KNOWN_BY_HISTORY = [converted_to_be_sorted, *hash_set_family.KNOWN_BY_HISTORY]
