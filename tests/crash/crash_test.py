#!/usr/bin/env python3
"""Kills a server in the middle of its work, again and again, and looks whether it kept its word.

    crash_test.py SERVER [--kills N] [--policy always|everysec] [--longest S] [--seed S] [--keep]

Each round: some connections write pipelines, the server is killed with SIGKILL at a random moment
(now and then while it rewrites its log), it is started again on the same directory, and everything
is compared with what the connections were told.

always:    every write that was acknowledged is there.
everysec:  every write that was acknowledged more than two seconds before the end is there.
both:      what is there was sent, in this order, without a gap, and no half of a transaction.

Several may run side by side, and beside whatever else keeps the machine busy: seconds in which the
server had to wait for a CPU do not count.
"""
import argparse
import glob
import os
import random
import re
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

CONNECTIONS = 8
DEPTH = 16
EVERYSEC_GRACE_S = 2.0
START_MAX_S = 20.0


def command(*words):
    out = [b"*%d\r\n" % len(words)]
    for word in words:
        word = word if isinstance(word, bytes) else str(word).encode()
        out.append(b"$%d\r\n%s\r\n" % (len(word), word))
    return b"".join(out)


def log_of(directory, begin=0):
    with open(os.path.join(directory, "log"), "rb") as f:
        f.seek(begin)
        return f.read().decode(errors="replace")


def port_told(text):
    """Which of the free ports the server has taken; None: it has not said so yet."""
    told = re.search(r"mode, port (\d+),", text)
    return told and int(told[1])


def waited_for_cpu(pid):
    """Seconds in which threads of a process could have run, but had no CPU."""
    waited = 0
    for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        try:
            with open(path) as f:
                waited += int(f.read().split()[1])
        except (OSError, IndexError):  # the thread has ended
            pass
    return waited / 1e9


class Replies:
    """Counts whole replies in a stream of integers, statuses and flat arrays of them."""

    def __init__(self):
        self.rest = b""

    def feed(self, data):
        lines = (self.rest + data).split(b"\r\n")
        self.rest = lines.pop()
        return lines


class Server:
    def __init__(self, program, directory, policy):
        self.program, self.directory, self.policy = program, directory, policy
        self.process = None

    def start(self):
        self.log = open(os.path.join(self.directory, "log"), "ab")
        begin = self.log.tell()
        self.process = subprocess.Popen(
            [self.program, "--any-port", "--http-port", "0", "--dir", self.directory,
             "--appendonly", "yes", "--appendfsync", self.policy, "--save", ""],
            stdout=self.log, stderr=self.log)
        self.port, self.waited, self.waited_at = None, 0, 0
        deadline = self.clock() + START_MAX_S
        while self.clock() < deadline:
            if self.process.poll() is not None:
                raise SystemExit(f"the server ended at its start, see {self.log.name}")
            self.port = self.port or port_told(log_of(self.directory, begin))
            try:
                if self.port and self.ask("PING") == b"PONG":
                    return
            except OSError:
                pass
            time.sleep(0.005)
        raise SystemExit("the server does not answer")

    def clock(self):
        """Seconds that count for the server."""
        now = time.time()
        if now - self.waited_at > 0.01:
            self.waited, self.waited_at = waited_for_cpu(self.process.pid), now
        return now - self.waited

    def connect(self):
        s = socket.create_connection(("127.0.0.1", self.port))
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return s

    def ask(self, *words):
        with self.connect() as s:
            s.sendall(command(*words))
            return read_reply(s.makefile("rb"))

    def kill(self):
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.log.close()


def read_reply(f):
    line = f.readline()
    if not line:
        raise OSError("the connection ended")
    kind, rest = line[:1], line[1:-2]
    if kind == b"$":
        size = int(rest)
        return None if size < 0 else f.read(size + 2)[:-2]
    if kind == b"*":
        return [read_reply(f) for _ in range(int(rest))]
    return int(rest) if kind == b":" else rest


class Client:
    """Writes step after step; step n is a pipeline of one of three kinds, and each has one number."""

    def __init__(self, number):
        self.number = number
        self.round = 0
        self.base = self.base_pair = 0  # what was there at the start of the round
        self.sent = self.acked = 0      # steps
        self.history = []               # (time, acked)

    def keys(self):
        return [f"value{self.number}", f"list{self.number}:{self.round}", f"left{self.number}",
                f"right{self.number}"]

    def begin(self, server):
        self.round += 1
        self.server = server
        base = self.base
        self.socket = server.connect()
        self.socket.setblocking(False)
        self.sent = self.acked = base
        self.history = [(server.clock(), base)]
        self.replies = Replies()
        self.expected = []              # lines of replies that are left of each step in flight

    def step(self):
        """SET alone, then RPUSH, then both values in one transaction: the number is in all."""
        self.sent += 1
        value, items, left, right = self.keys()
        n = self.sent
        self.expected.append(8)         # OK, length, OK, QUEUED, QUEUED, *2, OK, OK
        return (command("SET", value, n) + command("RPUSH", items, n) + command("MULTI") +
                command("SET", left, n) + command("SET", right, n) + command("EXEC"))

    def write(self):
        room = DEPTH - (self.sent - self.acked)
        if room > 0:
            self.socket.send(b"".join(self.step() for _ in range(room)))

    def read(self):
        data = self.socket.recv(1 << 16)
        if not data:
            return False
        for line in self.replies.feed(data):
            if line.startswith(b"-"):
                raise SystemExit(f"refused: {line.decode()}")
            self.expected[0] -= 1
            if self.expected[0] == 0:
                self.expected.pop(0)
                self.acked += 1
        self.history.append((self.server.clock(), self.acked))
        return True

    def promised(self, policy, killed_at):
        if policy == "always":
            return self.acked
        due = [acked for at, acked in self.history if at <= killed_at - EVERYSEC_GRACE_S]
        return due[-1] if due else self.base


def work(clients, seconds, while_working):
    """All connections write for so long; then the server is killed with their writes in flight."""
    selector = selectors.DefaultSelector()
    for client in clients:
        selector.register(client.socket, selectors.EVENT_READ, client)
        client.write()
    end = time.time() + seconds
    while time.time() < end:
        for key, _ in selector.select(timeout=max(0, end - time.time())):
            key.data.read()
            key.data.write()
        while_working()
    selector.close()


def drain(client):
    """What was acknowledged before the end and is still under way counts."""
    client.socket.setblocking(True)
    client.socket.settimeout(2)
    try:
        while client.read():
            pass
    except OSError:
        pass
    client.socket.close()


def check(server, client, policy, killed_at):
    with server.connect() as s:
        f = s.makefile("rb")
        value, items, left, right = client.keys()
        s.sendall(command("GET", value) + command("LRANGE", items, 0, -1) +
                  command("MGET", left, right) + command("DEL", items))
        # (The list is named after the round: its DEL may be lost with everysec.)
        n = int(read_reply(f) or 0)
        elements = [int(x) for x in read_reply(f)]
        pair = [int(x or 0) for x in read_reply(f)]
        read_reply(f)
    promised = client.promised(policy, killed_at)
    where = (f"connection {client.number}: promised {promised}, acknowledged {client.acked}, "
             f"sent {client.sent}; there are value {n}, last element "
             f"{elements[-1] if elements else None}, pair {pair}")
    last = elements[-1] if elements else client.base
    assert pair[0] == pair[1], "half of a transaction: " + where
    whole = promised if promised > client.base else client.base_pair
    assert whole <= pair[0] <= last <= n <= client.sent, "lost or invented: " + where
    assert promised <= n, "lost: " + where
    assert n == client.base or n - pair[0] <= 1, "the order of writes was not kept: " + where
    first = client.base + 1
    assert elements == list(range(first, first + len(elements))), "a gap: " + where
    missing = max(0, client.acked - max(pair[0], client.base))
    client.base, client.base_pair = n, pair[0]
    return missing


def main():
    options = argparse.ArgumentParser()
    options.add_argument("server")
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--policy", default="always", choices=["always", "everysec"])
    options.add_argument("--longest", type=float,
                         help="seconds that a server lives at most: 0.2 with always, else 3.5")
    options.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options.add_argument("--keep", action="store_true", help="the directory stays")
    options = options.parse_args()
    rng = random.Random(options.seed)
    directory = tempfile.mkdtemp(prefix="redstart-crash-")
    print(f"seed {options.seed}, {options.kills} kills, appendfsync {options.policy}, {directory}",
          flush=True)
    server = Server(os.path.abspath(options.server), directory, options.policy)
    clients = [Client(i) for i in range(CONNECTIONS)]
    in_flight = steps = lost = rewrites = 0
    try:
        server.start()
        for kill in range(options.kills):
            for client in clients:
                client.begin(server)
            longest = options.longest or (0.2 if options.policy == "always" else 3.5)
            rewrite_at = None
            if rng.random() < 0.3:
                rewrite_at = time.time() + rng.uniform(0, min(longest, 0.2) / 2)

            def while_working():
                nonlocal rewrite_at, rewrites
                if rewrite_at and time.time() >= rewrite_at:
                    rewrite_at = None
                    rewrites += 1
                    server.ask("BGREWRITEAOF")

            work(clients, rng.uniform(0.01, longest), while_working)
            in_flight += any(client.sent > client.acked for client in clients)
            killed_at = server.clock()
            server.kill()
            for client in clients:
                drain(client)
            steps += sum(client.acked - client.base for client in clients)
            server.start()
            for client in clients:
                lost += check(server, client, options.policy, killed_at)
            if (kill + 1) % 50 == 0:
                print(f"{kill + 1} kills, {steps} steps acknowledged, {rewrites} rewrites, "
                      f"{lost} lost", flush=True)
        server.kill()
    except BaseException:
        print(f"kept: {directory}", file=sys.stderr)
        options.keep = True
        if server.process and server.process.poll() is None:
            server.kill()
        raise
    finally:
        if not options.keep:
            shutil.rmtree(directory, ignore_errors=True)
    assert in_flight >= 0.9 * options.kills, f"only {in_flight} kills hit a server at work"
    print(f"kept its word: {options.kills} kills ({in_flight} with writes in flight), {steps} "
          f"steps acknowledged, {rewrites} rewrites, {lost} lost within what the policy allows")


if __name__ == "__main__":
    main()
