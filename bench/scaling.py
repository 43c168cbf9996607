#!/usr/bin/env python3
"""What an operation costs in a small collection and in a large one, through the server.

  bench/scaling.py --server build/redstart
  bench/scaling.py --server build/redstart --sizes 1e4,1e6 --only zadd,zcount --rounds 5

Every size has a database with a hash, a set, a sorted set, a list and a stream of that many
elements, and as many string keys. Elements are drawn uniformly, so that the caches help a large
collection as little as they do in life. The figure is the server's CPU time per command, with
--connections that each have --depth commands on their way; sizes take turns, and the median of the
rounds counts. What adds or removes is undone between the measurements. The last column is the
largest size against 10^4 (the smallest, if 10^4 is not there); the exit status is 1 if one exceeds
--limit. The more commands a turn of the server takes, the less each pays for system calls, and the
more the caches show: --depth 512 --connections 1 is the strictest.

Linux only: the CPU time is read from /proc.
"""
import argparse
import os
import random
import socket
import statistics
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
from own_server import start

CHUNK = 4000


def bulk(word):
    return b"$%d\r\n%s\r\n" % (len(word), word)


def command(*words):
    return b"*%d\r\n" % len(words) + b"".join(map(bulk, words))


def member(number):
    return b"m:%09d" % number


class Server:
    def __init__(self, port, pid, connections):
        self.sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(connections)]
        for one in self.sockets:
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pid = pid

    def cpu_ns(self):
        total = 0
        for thread in os.listdir(f"/proc/{self.pid}/task"):
            with open(f"/proc/{self.pid}/task/{thread}/schedstat") as file:
                total += int(file.read().split()[0])
        return total

    def select(self, database):
        for one in self.sockets:
            one.sendall(command(b"SELECT", b"%d" % database))
            self.read_replies(one, 1)

    def send(self, commands, depth):
        """Pipelines of `depth` commands on every connection; all are awaited before the next."""
        for at in range(0, len(commands), depth * len(self.sockets)):
            waiting = []
            for number, one in enumerate(self.sockets):
                part = commands[at + number * depth:at + (number + 1) * depth]
                if part:
                    one.sendall(b"".join(part))
                    waiting.append((one, len(part)))
            for one, replies in waiting:
                self.read_replies(one, replies)

    def read_replies(self, one, wanted):
        data = b""
        at = 0
        while wanted > 0:
            end = self.skip(data, at)
            if end is None:
                data = data[at:] + one.recv(1 << 20)
                at = 0
                continue
            if data[at:at + 1] == b"-":
                sys.exit(f"refused: {data[at:end].decode()}")
            at = end
            wanted -= 1

    def skip(self, data, at):
        """Where the reply at `at` ends, None if it is not whole."""
        line = data.find(b"\r\n", at)
        if line < 0:
            return None
        kind = data[at:at + 1]
        at, size = line + 2, data[at + 1:line]
        if kind == b"$" and size != b"-1":
            at += int(size) + 2
            return at if at <= len(data) else None
        if kind == b"*":
            for _ in range(int(size)):
                at = self.skip(data, at)
                if at is None:
                    return None
        return at


# ---- What is in a database of n elements

def fill(server, database, n):
    server.select(database)
    order = random.Random(n)
    for name, words in (
            (b"HSET", lambda i: (member(i), b"value")),
            (b"SADD", lambda i: (member(i),)),
            (b"ZADD", lambda i: (b"%d" % order.getrandbits(40), member(i))),
            (b"RPUSH", lambda i: (member(i),)),
            (b"MSET", lambda i: (member(i), b"value of sixteen"))):
        head = [name] if name == b"MSET" else [name, name[:1].lower()]
        for start in range(0, n, 1000):
            numbers = range(start, min(start + 1000, n))
            server.send([command(*head, *[w for i in numbers for w in words(i)])], 1)
    # All scores equal: what is asked by member.
    for start in range(0, n, 1000):
        numbers = range(start, min(start + 1000, n))
        server.send([command(b"ZADD", b"lex", *[w for i in numbers for w in (b"0", member(i))])], 1)
    for start in range(0, n, 1000):
        numbers = range(start, min(start + 1000, n))
        server.send([command(b"XADD", b"x", b"%d-1" % (i + 1), b"f", b"v") for i in numbers], 1000)


# ---- The operations: one makes a command from a source of chance, n, and the number of the call;
# undo makes the one that takes it back.

def any_of(r, n):
    return member(r.randrange(n))


def fresh(n, call):
    """Not in the order of their numbers, and none that is there."""
    return b"n:%09d" % (call * 7919 % 100000007)


def score(r):
    return b"%d" % r.getrandbits(40)


OPERATIONS = {
    "get": (lambda r, n, c: (b"GET", any_of(r, n)), None),
    "set": (lambda r, n, c: (b"SET", any_of(r, n), b"value of sixteen"), None),
    "set-new": (lambda r, n, c: (b"SET", fresh(n, c), b"value of sixteen"),
                lambda n, c: (b"DEL", fresh(n, c))),
    "expire": (lambda r, n, c: (b"EXPIRE", any_of(r, n), b"1000000"), None),
    "hget": (lambda r, n, c: (b"HGET", b"h", any_of(r, n)), None),
    "hset": (lambda r, n, c: (b"HSET", b"h", any_of(r, n), b"other"), None),
    "hset-new": (lambda r, n, c: (b"HSET", b"h", fresh(n, c), b"value"),
                 lambda n, c: (b"HDEL", b"h", fresh(n, c))),
    "hrandfield": (lambda r, n, c: (b"HRANDFIELD", b"h"), None),
    "sismember": (lambda r, n, c: (b"SISMEMBER", b"s", any_of(r, n)), None),
    "sadd-new": (lambda r, n, c: (b"SADD", b"s", fresh(n, c)),
                 lambda n, c: (b"SREM", b"s", fresh(n, c))),
    "srandmember": (lambda r, n, c: (b"SRANDMEMBER", b"s"), None),
    "zscore": (lambda r, n, c: (b"ZSCORE", b"z", any_of(r, n)), None),
    "zrank": (lambda r, n, c: (b"ZRANK", b"z", any_of(r, n)), None),
    "zadd-new": (lambda r, n, c: (b"ZADD", b"z", score(r), fresh(n, c)),
                 lambda n, c: (b"ZREM", b"z", fresh(n, c))),
    "zadd-score": (lambda r, n, c: (b"ZADD", b"z", score(r), any_of(r, n)), None),
    "zincrby": (lambda r, n, c: (b"ZINCRBY", b"z", b"1", any_of(r, n)), None),
    "zcount": (lambda r, n, c: (b"ZCOUNT", b"z", *sorted((score(r), score(r)), key=int)), None),
    "zrange-1": (lambda r, n, c: (b"ZRANGE", b"z", *[b"%d" % r.randrange(n)] * 2), None),
    "zrangebyscore-1": (lambda r, n, c: (b"ZRANGEBYSCORE", b"z", score(r), b"inf", b"LIMIT", b"0",
                                         b"1"), None),
    "zlexcount": (lambda r, n, c: (b"ZLEXCOUNT", b"lex", b"[" + any_of(r, n), b"+"), None),
    "zrandmember": (lambda r, n, c: (b"ZRANDMEMBER", b"z"), None),
    "lpush": (lambda r, n, c: (b"LPUSH", b"r", member(c)), lambda n, c: (b"LPOP", b"r")),
    "lmove": (lambda r, n, c: (b"LMOVE", b"r", b"r", b"LEFT", b"RIGHT"), None),
    "xadd": (lambda r, n, c: (b"XADD", b"x", b"*", b"f", b"v"), None),
    "xrange-1": (lambda r, n, c: (b"XRANGE", b"x", b"%d" % r.randrange(1, n + 1), b"+", b"COUNT",
                                  b"1"), None),
}
# Removals: the undoing is measured, the doing is not.
REMOVALS = {"hdel": "hset-new", "srem": "sadd-new", "zrem": "zadd-new", "del": "set-new"}


def measure(server, name, database, n, calls, depth, seed):
    """Nanoseconds of the server's CPU time per command."""
    make, undo = OPERATIONS[REMOVALS.get(name, name)]
    r = random.Random(seed)
    server.select(database)
    # Additions shall not change the size: at most a tenth at once.
    chunk = CHUNK if undo is None else min(CHUNK, n // 10)
    spent = 0
    for start in range(0, calls, chunk):
        numbers = range(start, min(start + chunk, calls))
        doing = [command(*make(r, n, c)) for c in numbers]
        undoing = [command(*undo(n, c)) for c in numbers] if undo else []
        first, second = (doing, undoing)
        if name in REMOVALS:
            server.send(doing, depth)
            first, second = undoing, []
        before = server.cpu_ns()
        server.send(first, depth)
        spent += server.cpu_ns() - before
        server.send(second, depth)
    return spent / calls


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--server", default="build/redstart")
    parser.add_argument("--sizes", default="1e3,1e4,1e5,1e6,1e7")
    parser.add_argument("--only", default="")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=20000)
    parser.add_argument("--depth", type=int, default=16)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--limit", type=float, default=3)
    options = parser.parse_args()
    sizes = [int(float(size)) for size in options.sizes.split(",")]
    names = options.only.split(",") if options.only else [*OPERATIONS, *REMOVALS]
    base = sizes.index(10000) if 10000 in sizes else 0

    over = 0
    with tempfile.TemporaryDirectory() as directory:
        process, port = start(options.server, directory)
        try:
            server = Server(port, process.pid, options.connections)
            for database, n in enumerate(sizes):
                fill(server, database, n)
            print(f"nanoseconds of server CPU per command, {options.connections} connections, "
                  f"pipelines of {options.depth}, median of {options.rounds} rounds of "
                  f"{options.calls}")
            print(f"{'':16}" + "".join(f"{n:>11,}" for n in sizes) + f"{'ratio':>8}", flush=True)
            for name in names:
                spent = [[] for _ in sizes]
                for turn in range(options.rounds + 1):
                    for database, n in enumerate(sizes):
                        ns = measure(server, name, database, n, options.calls, options.depth,
                                     turn * 100 + database)
                        if turn > 0:  # the first one warms up
                            spent[database].append(ns)
                medians = [statistics.median(one) for one in spent]
                ratio = medians[-1] / medians[base]
                over += ratio > options.limit
                print(f"{name:16}" + "".join(f"{ns:11.0f}" for ns in medians) + f"{ratio:7.2f}x"
                      + ("  over the limit" if ratio > options.limit else ""), flush=True)
        finally:
            process.kill()
            process.wait()
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
