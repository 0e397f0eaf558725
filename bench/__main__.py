"""`make bench`: each figure beside its limit."""

from bench import once

if __name__ == "__main__":
    once.main()
