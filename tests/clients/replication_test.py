#!/usr/bin/env python3
"""Redstart and redis-server follow each other: all data, then every change, on over a link that
broke, and in changed places, with the same digest each time.

    replication_test.py REDSTART [REDIS-SERVER]

Without a server of one's own it is the distribution's Redis 7.0. Skipped (77) where redis-server is
not installed, if REDSTART_SKIP_CLIENTS=1.
"""
import os
import shutil
import sys
import tempfile
import time

from exchange_test import OURS, RDB, Server, fill

SKIPPED = 77


def fact(server, name):
    for line in server.ask("INFO everything").decode().splitlines():
        if line.startswith(name + ":"):
            return line[len(name) + 1:]
    return None


def wait_until(what, condition):
    end = time.time() + 30
    while not condition():
        assert time.time() < end, f"in vain: {what}"
        time.sleep(0.01)


def follow(replica, master):
    assert replica.ask(f"REPLICAOF 127.0.0.1 {master.port}") == b"OK"


def same_data(master, replica, where):
    wait_until(f"{where}: the link", lambda: fact(replica, "master_link_status") == "up")
    # An answer counts what was written by the one who asks.
    master.ask(f"SET marker {where}")
    assert master.ask("WAIT 1 20000") == b"1", where
    digests = master.ask("DEBUG DIGEST"), replica.ask("DEBUG DIGEST")
    assert digests[0] == digests[1], (where, digests)
    assert replica.ask("GET marker") == where.encode()


def change_places(first, second, names):
    def same_data_then(where):
        same_data(first, second, f"{names}-{where}")

    fill(first, "before")
    follow(second, first)
    fill(first, "meanwhile")
    same_data_then("all")
    fulls = fact(first, "sync_full")
    for how in ("replica", "master"):
        # Who broke it makes no difference.
        (first if how == "replica" else second).ask(f"CLIENT KILL TYPE {how}")
        fill(first, f"after-{how}")
        same_data_then(f"again-{how}")
    assert fact(first, "sync_full") == fulls, "all data were sent once more"
    assert fact(first, "sync_partial_ok") == "2"
    assert second.ask("SET k v").startswith(b"-READONLY")

    assert second.ask("REPLICAOF NO ONE") == b"OK"
    follow(first, second)
    fill(second, "reverse")
    same_data(second, first, f"{names}-reverse")
    assert fact(second, "sync_full") == "0", "the former master had to begin anew"


def run(redstart, redis):
    programs = {"ours": (redstart, OURS + RDB), "theirs": (redis, RDB)}
    for names in ("ours-theirs", "theirs-ours", "ours-ours"):
        directories = [tempfile.mkdtemp(prefix="redstart-replication-") for _ in range(2)]
        try:
            servers = []
            for name, directory in zip(names.split("-"), directories):
                program, options = programs[name]
                servers.append(Server(program, directory, "--repl-diskless-sync-delay", "0",
                                      *options))
            change_places(*servers, names)
            for server in servers:
                server.stop()
        finally:
            for directory in directories:
                shutil.rmtree(directory, ignore_errors=True)
        print(names, "ok")


if __name__ == "__main__":
    given = sys.argv[2] if len(sys.argv) > 2 else shutil.which("redis-server")
    if not given:
        print("redis-server is not installed")
        sys.exit(SKIPPED if os.environ.get("REDSTART_SKIP_CLIENTS") == "1" else 1)
    run(sys.argv[1], given)
