"""A server for as long as a script runs: redstart, or a Redis to compare it with."""
import os
import shutil
import socket
import subprocess
import sys
import time


def start(binary, directory):
    """Keeps nothing and works in `directory`. Answers the process, which is the caller's to end, and
    its port."""
    found = shutil.which(binary)
    if not found:
        sys.exit(f"{binary} is not there")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--port", str(port), "--save", "", "--appendonly", "no"]
    if os.path.basename(binary) not in ("redis-server", "valkey-server"):
        options += ["--http-port", "0"]
    process = subprocess.Popen([os.path.abspath(found), *options], cwd=directory,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.time() + 10
    while time.time() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return process, port
        except OSError:
            time.sleep(0.02)
    process.kill()
    sys.exit(f"{binary} does not listen")
