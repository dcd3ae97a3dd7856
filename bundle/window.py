"""Where the frozen `musicae-gui` begins."""

from multiprocessing import freeze_support

if __name__ == "__main__":
    freeze_support()  # a process that some library starts is this program again; it must not open a window
    from musicae_gui.app import main

    raise SystemExit(main())
