#!/usr/bin/env python3
"""Data goes to redis-server and comes back, in files and key by key: what the one wrote the other
reads, with the same digest, and redis-check-rdb and redis-check-aof find nothing wrong with it.

    exchange_test.py REDSTART [REDIS-SERVER [rdb-compat]]

Without a server of one's own it is the distribution's Redis 7.0, for which `rdb-compat` is 10. With
`lowest` hashes have fields that expire as well. Skipped (77) where redis-server is not installed, if REDSTART_SKIP_CLIENTS=1.
"""
import atexit
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time

OURS = ["--http-port", "0"]
AOF = ["--appendonly", "yes"]
RDB = ["--appendonly", "no"]
LIBRARY = """#!lua name=exchange
redis.register_function('twice', function(keys, args) return args[1] * 2 end)
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    def __init__(self, program, directory, *options):
        self.port = free_port()
        self.process = subprocess.Popen(
            [program, "--port", str(self.port), "--dir", directory, "--save", "",
             "--enable-debug-command", "yes", *options],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        atexit.register(self.process.kill)
        end = time.time() + 30
        while time.time() < end and self.process.poll() is None:
            try:
                self.socket = socket.create_connection(("127.0.0.1", self.port))
                self.file = self.socket.makefile("rb")
                if self.ask("PING") == b"PONG":
                    return
            except OSError:
                time.sleep(0.02)
        self.process.kill()
        raise SystemExit(f"{program} does not start: {self.process.stdout.read().decode()}")

    def ask(self, *words):
        line = words[0].split() if len(words) == 1 else words
        out = [b"*%d\r\n" % len(line)]
        for word in line:
            word = word if isinstance(word, bytes) else str(word).encode()
            out.append(b"$%d\r\n%s\r\n" % (len(word), word))
        self.socket.sendall(b"".join(out))
        return self.read()

    def read(self):
        line = self.file.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b"$":
            return None if rest == b"-1" else self.file.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return [self.read() for _ in range(int(rest))]
        return line[:-2] if kind == b"-" else rest

    def rewrite(self):
        self.ask("BGREWRITEAOF")
        end = time.time() + 30
        while time.time() < end:
            info = self.ask("INFO persistence").decode()
            if "aof_rewrite_in_progress:0" in info and "aof_rewrite_scheduled:0" in info:
                assert "aof_last_bgrewrite_status:ok" in info, info
                return
            time.sleep(0.02)
        raise SystemExit("the rewrite does not end")

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def fill(server, name):
    for i in range(300):
        server.ask(f"SET {name}:{i} value:{i}")
        server.ask(f"RPUSH {name}:list value:{i}")
        server.ask(f"SADD {name}:set member:{i}")
        server.ask(f"SADD {name}:ints {i}")
        server.ask(f"HSET {name}:hash field:{i} value:{i}")
        server.ask(f"ZADD {name}:zset {i}.25 member:{i}")
        server.ask(f"XADD {name}:stream {i + 1}-1 field value:{i}")
    server.ask("SET", f"{name}:binary", bytes(range(256)))
    server.ask(f"SET {name}:late 1 EX 100000")
    server.ask(f"SET {name}:gone 1 PX 1")
    server.ask(f"XGROUP CREATE {name}:stream group 7-1")
    server.ask(f"XREADGROUP GROUP group reader COUNT 3 STREAMS {name}:stream >")
    server.ask(f"SPOP {name}:set 5")
    server.ask(f"INCRBYFLOAT {name}:float 1.5")
    server.ask(f"LPOP {name}:list 3")
    server.ask("SELECT 5")
    server.ask(f"SET {name}:elsewhere 1")
    server.ask("SELECT 0")
    server.ask("MULTI")
    server.ask(f"INCR {name}:a")
    server.ask(f"INCR {name}:b")
    server.ask("EXEC")
    while server.ask(f"EXISTS {name}:gone") != b"0":  # an expired key counts until it is deleted
        pass


def noise(size, seed):
    return random.Random(seed).randbytes(size)


def fill_with_every_encoding(server, newest):
    """Each type in each of its encodings, at the edges of their lengths."""
    def do(*words):
        answer = server.ask(*words)
        assert not (isinstance(answer, bytes) and answer.startswith(b"-")), (words[:3], answer)

    for i, text in enumerate([b"", b"0", b"-1", b"127", b"-32769", b"2147483648", b"007", b"+1",
                              b"-9223372036854775808", b"9223372036854775808", b"x" * 44,
                              b"x" * 45, b"x" * 20000, noise(63, 1), noise(64, 2), noise(16383, 3),
                              noise(16384, 4), noise(70000, 5), b"ab" * 100000]):
        do("SET", f"string:{i}", text)
    do("SETBIT", "bitmap", 100000, 1)
    do("PFADD", "hll", *range(1000))
    do("PFADD", "hll:sparse", *range(5))
    items = [b"", b"12", b"-5", b"4095", b"-4097", b"70000", b"-9000000", b"5000000000", b"a",
             noise(63, 6), noise(64, 7), noise(4095, 8), b"\xff\x00"]
    do("RPUSH", "list:small", *items[:8])
    do("RPUSH", "list:one", "x")
    do("RPUSH", "list:nodes", *items, *(f"item:{i}" for i in range(3000)))
    do("RPUSH", "list:giant", "before", noise(100000, 9), "after", b"z" * 100000)
    do("SADD", "set:16", *range(-100, 100))
    do("SADD", "set:32", 70000, -70000, 1)
    do("SADD", "set:64", 5000000000, -5000000000, 1)
    do("SADD", "set:ints", *range(2000))
    do("SADD", "set:few", *items)
    do("SADD", "set:many", *(f"member:{i}" for i in range(2000)))
    do("SADD", "set:long", noise(200, 10), "short")
    do("ZADD", "zset:few", 1, "a", -2.5, "b", "inf", "c", "-inf", "d", 1024, "e", 0, "f", 1, "1")
    do("ZADD", "zset:many", *(w for i in range(2000) for w in (i / 8, f"member:{i}")))
    if newest:  # Redis 7.0 has other digits of these in its digest
        do("ZADD", "zset:digits", 1e300, "a", 0.1, "b", -5e-324, "c", 1 / 3, "d")
        do("ZADD", "zset:manydigits", *(w for i in range(2000) for w in (i / 7, f"member:{i}")))
    do("ZADD", "zset:long", 1.5, noise(200, 11))
    do("GEOADD", "geo", 13.361389, 38.115556, "Palermo", 15.087269, 37.502669, "Catania")
    do("HSET", "hash:few", *items, "odd")
    do("HSET", "hash:many", *(w for i in range(2000) for w in (f"field:{i}", i)))
    do("HSET", "hash:long", "field", noise(200, 12))
    for i in range(300):
        do("XADD", "stream:long", f"{1000 + i // 2}-{i + 1}", "same", i, "fields", noise(20, i))
    for i in range(0, 300, 7):
        do("XDEL", "stream:long", f"{1000 + i // 2}-{i + 1}")
    do("XADD", "stream:mixed", "1-1", "a", "1")
    do("XADD", "stream:mixed", "1-2", "b", "1", "c", "2")
    do("XADD", "stream:mixed", "18446744073709551615-1", "a", "3")
    do("XGROUP", "CREATE", "stream:mixed", "g1", "0")
    do("XGROUP", "CREATE", "stream:mixed", "g2", "1-1", "ENTRIESREAD", 1)
    do("XGROUP", "CREATECONSUMER", "stream:mixed", "g2", "idle")
    do("XREADGROUP", "GROUP", "g1", "reader", "COUNT", 2, "STREAMS", "stream:mixed", ">")
    do("XREADGROUP", "GROUP", "g1", "other", "STREAMS", "stream:mixed", ">")
    do("XACK", "stream:mixed", "g1", "1-1")
    do("XGROUP", "CREATE", "stream:empty", "g", "$", "MKSTREAM")
    do("XADD", "stream:emptied", "5-5", "a", "1")
    do("XDEL", "stream:emptied", "5-5")
    if newest:
        for name in ("hash:few", "hash:many"):
            do("HPEXPIRE", name, 90000000, "FIELDS", 1, "" if name == "hash:few" else "field:7")
            do("HPEXPIRE", name, 80000000, "FIELDS", 1, "-5" if name == "hash:few" else "field:8")
    for i, name in enumerate(("string:3", "list:small", "set:16", "zset:few", "hash:long", "geo")):
        do("PEXPIREAT", name, 4000000000000 + i)
    do("SELECT", 9)
    do("SET", "elsewhere", "1")
    do("SELECT", 0)
    do("FUNCTION", "LOAD", "REPLACE", LIBRARY)


def every_fact(server):
    """The digest knows no groups, functions or expiries, so they are asked for."""
    names = sorted(server.ask("KEYS", "*"))
    return (names, server.ask("DEBUG", "DIGEST-VALUE", *names), server.ask("DEBUG DIGEST"),
            [server.ask("PEXPIRETIME", name) for name in names],
            [[group[:4] + group[6:10] for group in server.ask("XINFO", "GROUPS", name)] +
             [server.ask("XINFO", "STREAM", name)[i] for i in (1, 7, 9, 11)]
             for name in names if name.startswith(b"stream")],
            server.ask("XPENDING stream:mixed g1"), server.ask("FUNCTION LIST WITHCODE"))


def same(got, wanted, where):
    for a, b in zip(got, wanted):
        if isinstance(a, list):
            a, b = [[x for x in one if x not in other] for one, other in ((a, b), (b, a))]
        assert a == b, f"{where}: {str(a)[:2000]}\nand it was {str(b)[:2000]}"


def through_rdb(redstart, redis, compat):
    directory = tempfile.mkdtemp(prefix="redstart-exchange-")
    ours = (redstart, OURS + RDB + ["--rdb-compat", compat])
    theirs = (redis, RDB)
    try:
        wanted = None
        for program, options in (ours, theirs, ours, theirs):
            server = Server(program, directory, *options)
            if wanted:
                same(every_fact(server), wanted, f"{program} reads")
            else:
                fill_with_every_encoding(server, compat == "lowest")
            wanted = every_fact(server)
            assert server.ask("SAVE") == b"OK"
            server.stop()
            result = subprocess.run([checker(redis, "rdb"), os.path.join(directory, "dump.rdb")],
                                    capture_output=True, text=True)
            assert result.returncode == 0 and "looks OK" in result.stdout, result.stdout
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def checker(redis, kind):
    """The one of the same version."""
    name = "redis-check-" + kind
    beside = os.path.join(os.path.dirname(redis), name)
    return beside if os.path.exists(beside) else name


def take_by_dump(giver, taker):
    for db in (0, 9):
        giver.ask("SELECT", db)
        taker.ask("SELECT", db)
        for name in giver.ask("KEYS", "*"):
            at = giver.ask("PEXPIRETIME", name)
            words = (b"0",) if at == b"-1" else (at,)
            answer = taker.ask("RESTORE", name, *words, giver.ask("DUMP", name), "ABSTTL")
            assert answer == b"OK", (name, answer)
    giver.ask("SELECT 0")
    taker.ask("SELECT 0")
    assert taker.ask("FUNCTION", "RESTORE", giver.ask("FUNCTION DUMP"), "FLUSH") == b"OK"


def take_by_migrate(giver, taker):
    for db in (0, 9):
        giver.ask("SELECT", db)
        names = giver.ask("KEYS", "*")
        for some in (names[:1], names[1:]):
            if some:
                answer = giver.ask("MIGRATE", "127.0.0.1", taker.port, "", db, 20000, "COPY",
                                   "REPLACE", "KEYS", *some)
                assert answer == b"OK", answer
        # Without COPY a key is gone here, and who has it already says so.
        answer = giver.ask("MIGRATE", "127.0.0.1", taker.port, names[0], db, 20000)
        assert answer.startswith(b"-ERR Target instance replied with error: BUSYKEY"), answer
        answer = giver.ask("MIGRATE", "127.0.0.1", taker.port, names[0], db, 20000, "REPLACE")
        assert answer == b"OK" and giver.ask("EXISTS", names[0]) == b"0", answer
    giver.ask("SELECT 0")
    assert taker.ask("FUNCTION", "RESTORE", giver.ask("FUNCTION DUMP"), "FLUSH") == b"OK"


def key_by_key(redstart, redis, compat, take):
    directories = [tempfile.mkdtemp(prefix="redstart-exchange-") for _ in range(2)]
    ours = Server(redstart, directories[0], *OURS, *RDB, "--rdb-compat", compat)
    theirs = Server(redis, directories[1], *RDB)
    try:
        fill_with_every_encoding(ours, compat == "lowest")
        wanted = without_times(every_fact(ours))
        take(ours, theirs)
        same(without_times(every_fact(theirs)), wanted, "redis-server takes")
        ours.ask("FLUSHALL")
        ours.ask("FUNCTION FLUSH")
        take(theirs, ours)
        same(without_times(every_fact(ours)), wanted, "redstart takes back")
    finally:
        ours.stop()
        theirs.stop()
        for directory in directories:
            shutil.rmtree(directory, ignore_errors=True)


def without_times(facts):
    """MIGRATE sends what is left of an expiry, so its end may move by the time of the way."""
    near = [at if int(at) < 0 else int(at) // 100000 for at in facts[3]]
    return facts[:3] + (near,) + facts[4:]


def facts(server, name):
    return (server.ask("DEBUG DIGEST"),
            server.ask(f"XPENDING {name}:stream group"),
            server.ask(f"XINFO GROUPS {name}:stream")[0][:8],
            server.ask("DBSIZE"))


def check(directory, redis):
    manifest = os.path.join(directory, "appendonlydir", "appendonly.aof.manifest")
    result = subprocess.run([checker(redis, "aof"), manifest], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def exchange(redstart, redis, preamble, rewrite):
    directory = tempfile.mkdtemp(prefix="redstart-exchange-")
    try:
        wanted = None
        for turn, (program, extra) in enumerate([(redstart, OURS), (redis, []), (redstart, OURS),
                                                 (redis, [])]):
            server = Server(program, directory, *AOF, "--aof-use-rdb-preamble", preamble, *extra)
            if wanted:
                got = facts(server, f"turn{turn - 1}")
                assert got == wanted, f"{program} reads {got}, and it was {wanted}"
            fill(server, f"turn{turn}")
            if rewrite:
                server.rewrite()
                server.ask(f"SET after:{turn} 1")
            wanted = facts(server, f"turn{turn}")
            server.stop()
            check(directory, redis)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def main():
    redstart = sys.argv[1]
    redis = sys.argv[2] if len(sys.argv) > 2 else shutil.which("redis-server")
    compat = sys.argv[3] if len(sys.argv) > 3 else "10"
    if not redis or not shutil.which("redis-check-aof"):
        print("redis-server is not installed")
        sys.exit(77 if os.environ.get("REDSTART_SKIP_CLIENTS") == "1" else 1)
    through_rdb(redstart, redis, compat)
    print("RDB: every encoding there and back")
    key_by_key(redstart, redis, compat, take_by_dump)
    print("DUMP and RESTORE: every encoding there and back")
    key_by_key(redstart, redis, compat, take_by_migrate)
    print("MIGRATE: every encoding there and back")
    for preamble in ("yes", "no"):
        for rewrite in (False, True):
            exchange(redstart, redis, preamble, rewrite)
            print(f"AOF, preamble {preamble}, rewrite {rewrite}: the same data on both sides")


if __name__ == "__main__":
    main()
