"""redis-benchmark runs through, and what it counted is what the server holds."""
import csv
import os
import subprocess
import unittest

PORT = os.environ["REDSTART_PORT"]
REQUESTS = 20000


def benchmark(*args):
    """{test: requests per second}; anything said on stderr is a complaint."""
    done = subprocess.run(["redis-benchmark", "-p", PORT, "-n", str(REQUESTS), "--csv", *args],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0 and not done.stderr, (done.returncode, done.stderr)
    return {row["test"]: float(row["rps"]) for row in csv.DictReader(done.stdout.splitlines())}


def cli(*args):
    return subprocess.check_output(["redis-cli", "-p", PORT, *args], text=True).strip()


class RedisBenchmark(unittest.TestCase):
    def test_every_workload_at_every_depth(self):
        for depth in ["1", "16", "200"]:
            cli("FLUSHALL")
            rates = benchmark("-c", "20", "-P", depth, "-t", "ping,set,get,incr,mset")
            self.assertEqual(len(rates), 6, rates)
            self.assertTrue(all(rate > 0 for rate in rates.values()), rates)
            self.assertEqual(int(cli("GET", "counter:__rand_int__")) // REQUESTS, 1)

    def test_random_keys_from_several_threads(self):
        cli("FLUSHALL")
        benchmark("--threads", "2", "-P", "8", "-r", "1000", "-t", "set")
        self.assertEqual(cli("DBSIZE"), "1000")

    def test_resp3(self):
        self.assertEqual(len(benchmark("-3", "-P", "16", "-t", "get")), 1)


if __name__ == "__main__":
    unittest.main()
