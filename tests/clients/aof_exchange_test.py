#!/usr/bin/env python3
"""Append-only files go to redis-server and come back: what the one wrote the other reads, and
redis-check-aof finds nothing wrong with it.

    aof_exchange_test.py REDSTART

Skipped (77) where redis-server is not installed, if REDSTART_SKIP_CLIENTS=1.
"""
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

OURS = ["--http-port", "0"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    def __init__(self, program, directory, preamble, extra=()):
        self.port = free_port()
        self.process = subprocess.Popen(
            [program, "--port", str(self.port), "--dir", directory, "--appendonly", "yes", "--save",
             "", "--enable-debug-command", "yes", "--aof-use-rdb-preamble", preamble, *extra],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
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
        return rest

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


def facts(server, name):
    return (server.ask("DEBUG DIGEST"),
            server.ask(f"XPENDING {name}:stream group"),
            server.ask(f"XINFO GROUPS {name}:stream")[0][:8],
            server.ask("DBSIZE"))


def check(directory):
    manifest = os.path.join(directory, "appendonlydir", "appendonly.aof.manifest")
    result = subprocess.run(["redis-check-aof", manifest], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def exchange(redstart, redis, preamble, rewrite):
    directory = tempfile.mkdtemp(prefix="redstart-exchange-")
    try:
        wanted = None
        for turn, (program, extra) in enumerate([(redstart, OURS), (redis, []), (redstart, OURS),
                                                 (redis, [])]):
            server = Server(program, directory, preamble, extra)
            if wanted:
                got = facts(server, f"turn{turn - 1}")
                assert got == wanted, f"{program} reads {got}, and it was {wanted}"
            fill(server, f"turn{turn}")
            if rewrite:
                server.rewrite()
                server.ask(f"SET after:{turn} 1")
            wanted = facts(server, f"turn{turn}")
            server.stop()
            check(directory)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def main():
    redis = shutil.which("redis-server")
    if not redis or not shutil.which("redis-check-aof"):
        print("redis-server is not installed")
        sys.exit(77 if os.environ.get("REDSTART_SKIP_CLIENTS") == "1" else 1)
    for preamble in ("yes", "no"):
        for rewrite in (False, True):
            exchange(sys.argv[1], redis, preamble, rewrite)
            print(f"preamble {preamble}, rewrite {rewrite}: the same data on both sides")


if __name__ == "__main__":
    main()
