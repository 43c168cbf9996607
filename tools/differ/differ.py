#!/usr/bin/env python3
"""Random commands to two servers; their replies must be the same, byte for byte.

  differ.py --ours build/redstart --reference redis-server --commands 20000 --seed 1
  differ.py --ports 6379 6380 --families string,keys

Prints the seed and the first differences, each with the calls before it on the same key. What is
known to differ between the reference's version and the one we follow stands in KNOWN.

The reference is Debian's redis-server (7.0); for the families in NEWER one built from redis's
commit 4f8cdc2, given by --reference.
"""
import argparse
import os
import random
import socket
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from own_server import start
from families import FAMILIES, KEYS, KNOWN, KNOWN_BY_HISTORY, NEWER, READS, comparable


class Reader:
    """Reads whole replies of RESP2 or RESP3 as raw bytes."""

    def __init__(self, sock):
        self.file = sock.makefile("rb")

    def reply(self):
        line = self.file.readline()
        if not line:
            raise ConnectionError("closed by the server")
        kind, rest = line[:1], line[1:-2]
        if kind in b"$=!":
            size = int(rest)
            return line if size < 0 else line + self.file.read(size + 2)
        if kind in b"*~>%|":
            count = int(rest) * (2 if kind in b"%|" else 1)
            return line + b"".join(self.reply() for _ in range(max(count, 0)))
        return line


class Server:
    def __init__(self, port):
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.reader = Reader(self.sock)

    def run(self, calls):
        """All calls in one write, then all replies."""
        out = []
        for call in calls:
            out.append(b"*%d\r\n" % len(call))
            out.extend(b"$%d\r\n%s\r\n" % (len(word), word) for word in call)
        self.sock.sendall(b"".join(out))
        return [self.reader.reply() for _ in calls]


def state_calls():
    """Everything that can be seen of the keys after a batch."""
    calls = []
    for key in KEYS:
        calls += [[b"GET", key], [b"LRANGE", key, b"0", b"-1"], [b"PTTL", key],
                  [b"OBJECT", b"ENCODING", key]]
    return calls


def text(words):
    return " ".join(repr(word)[1:] for word in words)


class Differ:
    def __init__(self, ours, reference, rng, families):
        self.ours, self.reference, self.rng = ours, reference, rng
        self.makers = [maker for name in families for maker in FAMILIES[name]]
        self.history = []
        self.differences = 0
        self.compared = 0

    def batch(self, size):
        calls = [self.rng.choice(self.makers)(self.rng) for _ in range(size)]
        self.compare(calls)
        self.compare(state_calls())

    def compare(self, calls):
        for call, ours, reference in zip(calls, self.ours.run(calls), self.reference.run(calls)):
            self.compared += 1
            if not self.same(call, ours, reference):
                self.differences += 1
                self.report(call, ours, reference)
            self.history.append(call)
        del self.history[:-2000]

    def same(self, call, ours, reference):
        if ours == reference or comparable(call, ours, reference):
            return True
        if any(known(call, ours, reference) for known in KNOWN):
            return True
        before = [old for old in self.history if call[-1] in old]
        return any(known(call, ours, reference, before) for known in KNOWN_BY_HISTORY)

    def report(self, call, ours, reference):
        if self.differences > 20:
            return
        print(f"--- {text(call)}\n  ours      {ours[:300]!r}\n  reference {reference[:300]!r}")
        keys = set(call) & set(KEYS)
        related = [old for old in self.history if keys & set(old) and old[0] not in READS]
        for old in related[-6:]:
            print(f"    before: {text(old)[:200]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ours")
    parser.add_argument("--reference", default="redis-server")
    parser.add_argument("--ports", nargs=2, type=int, metavar=("OURS", "REFERENCE"))
    parser.add_argument("--families", default=",".join(name for name in FAMILIES if name not in NEWER))
    parser.add_argument("--commands", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resp", type=int, default=2, choices=(2, 3))
    options = parser.parse_args()

    processes = []
    with tempfile.TemporaryDirectory() as directory:
        try:
            ports = options.ports
            if not ports:
                ports = []
                for binary in (options.ours, options.reference):
                    process, port = start(binary, directory)
                    processes.append(process)
                    ports.append(port)
            servers = [Server(port) for port in ports]
            if options.resp == 3:
                for server in servers:
                    server.run([[b"HELLO", b"3"]])
            differ = Differ(*servers, random.Random(options.seed), options.families.split(","))
            while differ.compared < options.commands:
                differ.batch(40)
        finally:
            for process in processes:
                process.kill()
                process.wait()
    print(f"seed {options.seed}, RESP{options.resp}: {differ.compared} replies, "
          f"{differ.differences} differences")
    return 1 if differ.differences else 0


if __name__ == "__main__":
    sys.exit(main())
