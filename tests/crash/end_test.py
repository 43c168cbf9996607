#!/usr/bin/env python3
"""The end of a server, and the start after a bad one, as whoever watches its log and files sees it.

    end_test.py SERVER
"""
import atexit
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from crash_test import command, log_of, port_told, read_reply, waited_for_cpu  # noqa: E402
import socket  # noqa: E402


class Server:
    def __init__(self, program, directory, *options):
        self.directory = directory
        self.process = subprocess.Popen(
            [program, "--any-port", "--http-port", "0", "--dir", directory,
             "--appendonly", "no", "--enable-debug-command", "yes", *options],
            stdout=open(os.path.join(directory, "log"), "wb"), stderr=subprocess.STDOUT)
        atexit.register(self.process.kill)

    def wait_until(self, holds, what):
        end = self.clock() + 20
        while not holds():
            assert self.clock() < end, f"{what} does not come: {self.log()}"
            time.sleep(0.005)

    def clock(self):
        """Seconds that count for the server."""
        return time.time() - waited_for_cpu(self.process.pid)

    def answers(self):
        try:
            return self.ask("PING") == b"PONG"
        except OSError:
            assert self.process.poll() is None, self.log()
            return False

    def ask(self, *words):
        port = port_told(self.log())
        if not port:
            raise OSError("it does not listen yet")
        with socket.create_connection(("127.0.0.1", port)) as s:
            s.sendall(command(*words))
            return read_reply(s.makefile("rb"))

    def log(self):
        return log_of(self.directory)

    def has(self, name):
        return os.path.exists(os.path.join(self.directory, name))


def test_who_insists_does_not_wait_for_the_last_save(program, directory):
    server = Server(program, directory, "--save", "900 1")
    server.wait_until(server.answers, "an answer")
    for i in range(100):
        server.ask("SET", f"key{i}", i)
    server.ask("CONFIG", "SET", "rdb-key-save-delay", 100000)
    draft = f"temp-{server.process.pid}.rdb"
    server.process.send_signal(signal.SIGINT)
    server.wait_until(lambda: server.has(draft), "the draft")
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(60) == 1
    assert not server.has(draft) and not server.has("dump.rdb")


def test_a_broken_file_is_refused_with_its_place(program, directory):
    server = Server(program, directory, "--save", "")
    server.wait_until(server.answers, "an answer")
    server.ask("RPUSH", "the key", *(f"item{i}" for i in range(100)))
    server.ask("SAVE")
    server.process.terminate()
    server.process.wait(60)
    path = os.path.join(directory, "dump.rdb")
    data = open(path, "rb").read()
    at = data.index(b"the key") + 20
    open(path, "wb").write(data[:at] + bytes([data[at] ^ 0xff]) + data[at + 1:])
    server = Server(program, directory, "--save", "")
    assert server.process.wait(60) != 0
    log = server.log()
    for said in ("Internal error in RDB reading offset ", 'The last key that was read is "the key"',
                 "Terminating server after rdb file reading failure."):
        assert said in log, (said, log)


def test_the_directory_is_free_when_the_last_child_of_a_killed_server_has_it(program, directory):
    gone = subprocess.Popen(["true"])
    gone.wait()
    lock = open(os.path.join(directory, "redstart.lock"), "w")
    lock.write(str(gone.pid))
    lock.flush()
    fcntl.flock(lock, fcntl.LOCK_EX)
    server = Server(program, directory, "--save", "")
    server.wait_until(lambda: "Server initialized" in server.log(), "the start")
    lock.close()
    server.wait_until(server.answers, "an answer")
    server.process.terminate()
    server.process.wait(60)


def main():
    for test in (test_the_directory_is_free_when_the_last_child_of_a_killed_server_has_it,
                 test_who_insists_does_not_wait_for_the_last_save,
                 test_a_broken_file_is_refused_with_its_place):
        directory = tempfile.mkdtemp(prefix="redstart-end-")
        try:
            test(os.path.abspath(sys.argv[1]), directory)
        finally:
            shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
