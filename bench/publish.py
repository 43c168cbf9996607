#!/usr/bin/env python3
"""What a message to many subscribers costs the server, beside other servers.

  bench/publish.py build/redstart redis-server
  bench/publish.py build/redstart --subscribers 1000 --shapes 1x1,50x1

Subscribers of one channel read whatever comes; redis-benchmark publishes to it. A shape is the
number of publishers and how many messages each has on its way. The figure is the server's CPU time
per delivered message in microseconds, the median of --rounds in which the servers take turns. How
many messages share a write decides it: a publisher that waits until all subscribers have read,
before it publishes again, shares nothing, and pays for one system call each (--lock-step).

Linux only: the CPU time is read from /proc.
"""
import argparse
import os
import select
import socket
import statistics
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
from own_server import start

TEXT = b"0123456789abcdef"
PUBLISH = b"*3\r\n$7\r\nPUBLISH\r\n$2\r\nch\r\n$16\r\n" + TEXT + b"\r\n"
MESSAGE = b"*3\r\n$7\r\nmessage\r\n$2\r\nch\r\n$16\r\n" + TEXT + b"\r\n"
CONFIRMED = b"*3\r\n$9\r\nsubscribe\r\n$2\r\nch\r\n:1\r\n"


def cpu_us(pid):
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat") as file:
            total += int(file.read().split()[0])
    return total / 1000


class Audience:
    def __init__(self, port, size):
        self.poll = select.epoll()
        self.sockets = {}
        self.bytes = 0
        for _ in range(size):
            one = socket.create_connection(("127.0.0.1", port))
            one.sendall(b"*2\r\n$9\r\nSUBSCRIBE\r\n$2\r\nch\r\n")
            got = b""
            while len(got) < len(CONFIRMED):
                got += one.recv(1024)
            self.poll.register(one, select.EPOLLIN)
            self.sockets[one.fileno()] = one

    def read(self, patience):
        """Everything that comes within `patience` seconds. Whether something did."""
        ready = self.poll.poll(patience)
        for number, _ in ready:
            self.bytes += len(self.sockets[number].recv(1 << 20))
        return bool(ready)

    def close(self):
        for one in self.sockets.values():
            one.close()


def freely(port, audience, publishers, depth, messages):
    """Publishers wait for their own answers only."""
    def publish():
        subprocess.run(["redis-benchmark", "-p", str(port), "-c", str(publishers), "-P", str(depth),
                        "-n", str(messages), "-q", "PUBLISH", "ch", TEXT.decode()],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    thread = threading.Thread(target=publish)
    thread.start()
    while audience.read(0.2) or thread.is_alive():
        pass
    thread.join()


def in_step(port, audience, depth, messages):
    """One publisher, who waits until everybody has read."""
    with socket.create_connection(("127.0.0.1", port)) as one:
        for _ in range(messages // depth):
            wanted = audience.bytes + depth * len(audience.sockets) * len(MESSAGE)
            one.sendall(PUBLISH * depth)
            while audience.bytes < wanted:
                audience.read(1)
            answers = 0
            while answers < depth:
                answers += one.recv(65536).count(b"\n")


def measure(server, args, publishers, depth):
    process, port = server
    audience = Audience(port, args.subscribers)
    messages = args.messages * depth
    before = cpu_us(process.pid)
    if args.lock_step:
        in_step(port, audience, depth, messages)
    else:
        freely(port, audience, publishers, depth, messages)
    spent = cpu_us(process.pid) - before
    delivered = audience.bytes / len(MESSAGE)
    audience.close()
    if delivered != messages * args.subscribers:
        sys.exit(f"{delivered:.0f} of {messages * args.subscribers} messages arrived")
    return spent / delivered


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("servers", nargs="+", metavar="server", help="ours first")
    parser.add_argument("--subscribers", type=int, default=100)
    parser.add_argument("--shapes", default="1x1,10x1,50x1,1x16,50x16")
    parser.add_argument("--messages", type=int, default=20000, help="of a shape, times its depth")
    parser.add_argument("--lock-step", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    if args.lock_step:
        args.shapes = ",".join(shape for shape in args.shapes.split(",") if shape.startswith("1x"))

    with tempfile.TemporaryDirectory() as directory:
        servers = {}
        try:
            for binary in args.servers:
                servers[binary] = start(binary, directory)
            print("publishers x depth", *map(os.path.basename, servers), "ratio", sep=" | ")
            for shape in args.shapes.split(","):
                publishers, depth = map(int, shape.split("x"))
                figures = {name: [] for name in servers}
                for _ in range(args.rounds):
                    for name, server in servers.items():
                        figures[name].append(measure(server, args, publishers, depth))
                medians = [statistics.median(some) for some in figures.values()]
                ratio = f"{medians[0] / min(medians[1:]):.2f}" if len(medians) > 1 else "-"
                print(shape, *(f"{m:.3f}" for m in medians), ratio, sep=" | ", flush=True)
        finally:
            for process, _ in servers.values():
                process.terminate()
                process.wait()


if __name__ == "__main__":
    main()
