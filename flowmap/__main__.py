"""`python -m flowmap` is the command `flowmap`."""

from flowmap.cli.main import run

if __name__ == "__main__":
    run()
