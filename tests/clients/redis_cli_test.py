"""redis-cli as people use it: one command, a stream of them, the modes that walk a keyspace."""
import os
import subprocess
import unittest

PORT = os.environ["REDSTART_PORT"]


def cli(*args, stdin=b"", fails=False):
    """Raw output of redis-cli, checked for its exit status (-e: an error reply is a failure)."""
    done = subprocess.run(["redis-cli", "-p", PORT, "-e", *args], input=stdin,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert (done.returncode != 0) == fails, (args, done.returncode, done.stdout)
    return done.stdout


def encoded(*args):
    """One command as RESP, for --pipe."""
    return b"*%d\r\n" % len(args) + b"".join(b"$%d\r\n%s\r\n" % (len(a), a) for a in args)


class RedisCli(unittest.TestCase):
    def setUp(self):
        cli("FLUSHALL")

    def test_values_come_back_as_they_went_in(self):
        for value in [b"plain", b"", "naïve ☃".encode(), b"\x00\xff\r\n\x80"]:
            self.assertEqual(cli("-x", "SET", "k", stdin=value), b"OK\n")
            self.assertEqual(cli("GET", "k"), value + b"\n")

    def test_replies_keep_their_type(self):
        self.assertEqual(cli("--no-raw", "GET", "nothing"), b"(nil)\n")
        self.assertEqual(cli("--no-raw", "INCR", "n"), b"(integer) 1\n")
        self.assertEqual(cli("--no-raw", "MGET", "n", "nothing"), b'1) "1"\n2) (nil)\n')
        self.assertIn(b"ERR unknown command", cli("NOSUCH", fails=True))

    def test_resp3_is_spoken(self):
        self.assertIn(b'"proto" => (integer) 3', cli("-3", "--no-raw", "HELLO"))
        self.assertEqual(cli("-3", "--json", "CONFIG", "GET", "databases"), b'{"databases":"16"}\n')

    def test_a_database_of_its_own(self):
        cli("-n", "3", "SET", "k", "there")
        self.assertEqual(cli("GET", "k"), b"\n")
        self.assertEqual(cli("-u", f"redis://127.0.0.1:{PORT}/3", "GET", "k"), b"there\n")

    def test_commands_from_a_file_and_a_transaction(self):
        out = cli(stdin=b"MULTI\nSET k 1\nINCR k\nEXEC\nGET k\n")
        self.assertEqual(out.split(), b"OK QUEUED QUEUED OK 2 2".split())

    def test_pipe_loads_a_dump_of_commands(self):
        load = b"".join(encoded(b"SET", b"key:%d" % i, b"value %d" % i) for i in range(20000))
        self.assertIn(b"errors: 0, replies: 20000", cli("--pipe", stdin=load))
        self.assertEqual(cli("DBSIZE"), b"20000\n")
        self.assertEqual(cli("GET", "key:19999"), b"value 19999\n")

    def test_scan_sees_every_key(self):
        cli("MSET", *[text for i in range(500) for text in (f"user:{i}", "x", f"other:{i}", "x")])
        keys = set(cli("--scan", "--pattern", "user:*").split())
        self.assertEqual(keys, {b"user:%d" % i for i in range(500)})

    def test_the_keyspace_reports(self):
        cli("MSET", "small", "x", "large", "x" * 10000)
        self.assertIn(b'"large"', cli("--bigkeys"))
        self.assertIn(b'"large"', cli("--memkeys"))


if __name__ == "__main__":
    unittest.main()
