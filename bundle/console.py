"""Where the frozen `musicae` begins."""

from multiprocessing import freeze_support

if __name__ == "__main__":
    freeze_support()  # a process that some library starts is this program again; it must not run the command again
    from core.cli import main

    raise SystemExit(main())
