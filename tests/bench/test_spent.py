"""CPU is counted for children too, those that are gone included."""

import os
import subprocess
import sys

from bench import spent

BURN = "import time\nwhile time.process_time() < 0.15: pass"
WITH_CHILD = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {BURN!r}], check=True)
print("done", flush=True)
sys.stdin.read()
"""


def test_a_childs_time_is_its_parents_when_the_child_is_gone():
    parent = subprocess.Popen(
        [sys.executable, "-c", WITH_CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert parent.stdout
        parent.stdout.readline()
        assert spent.of_trees({"parent": parent.pid})["parent"] >= 0.1
    finally:
        parent.communicate()


def test_memory_is_that_of_the_largest_process():
    assert 5_000_000 < spent.memory_of_tree(os.getpid()) < 5_000_000_000


def test_a_process_that_is_gone_has_spent_nothing():
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert spent.of_trees({"gone": gone.pid}) == {"gone": 0.0}
