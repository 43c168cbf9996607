"""Starts a redstart of its own on free ports, runs a client's test beside it and stops it again.

    with_server.py REDSTART CLIENT COMMAND...

CLIENT is a program's name or a folder: where it is not installed the test fails, or, when
REDSTART_SKIP_CLIENTS=1, is skipped (exit 77). COMMAND finds the server through REDSTART_PORT,
REDSTART_HTTP_URL, REDSTART_TOKEN and REDSTART_READONLY_TOKEN.
"""
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading

SKIPPED = 77
START_SECONDS = 30
TEST_SECONDS = 120
STOP_SECONDS = 20


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def wait_until_ready(server, log):
    """Reads the server's log up to the line that process managers wait for."""
    alarm = threading.Timer(START_SECONDS, server.kill)
    alarm.start()
    ready = False
    while not ready and (line := server.stdout.readline()):
        log.append(line)
        ready = "Ready to accept connections" in line
    alarm.cancel()
    threading.Thread(target=lambda: log.extend(server.stdout), daemon=True).start()
    return ready


def run_test(command, environment):
    try:
        return subprocess.run(command, env=environment, timeout=TEST_SECONDS).returncode
    except subprocess.TimeoutExpired:
        return f"after {TEST_SECONDS} seconds still none"


def run_beside(binary, command):
    port, http_port = free_ports(2)
    environment = dict(os.environ, REDSTART_PORT=str(port),
                       REDSTART_HTTP_URL=f"http://127.0.0.1:{http_port}",
                       REDSTART_TOKEN="a-token", REDSTART_READONLY_TOKEN="a-readonly-token")
    log = []
    with tempfile.TemporaryDirectory(prefix="redstart-") as folder:
        server = subprocess.Popen(
            [binary, "--port", str(port), "--bind", "127.0.0.1", "--dir", folder,
             "--http-port", str(http_port), "--http-token", environment["REDSTART_TOKEN"],
             "--http-readonly-token", environment["REDSTART_READONLY_TOKEN"]],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        try:
            status = 1
            if wait_until_ready(server, log):
                status = run_test(command, environment)
                server.send_signal(signal.SIGTERM)
            stopped = server.wait(STOP_SECONDS)
        finally:
            server.kill()
    if status or stopped:
        print(f"client's status {status}, server's {stopped}; the server said:", *log, sep="\n")
    return 1 if status or stopped else 0


def main():
    binary, client, *command = sys.argv[1:]
    if not shutil.which(client) and not os.path.isdir(client):
        skip = os.environ.get("REDSTART_SKIP_CLIENTS") == "1"
        print(f"{'skipped: ' if skip else ''}{client} is not installed")
        return SKIPPED if skip else 1
    return run_beside(binary, command)


if __name__ == "__main__":
    sys.exit(main())
