"""`python -m musicae_gui`."""

from musicae_gui.app import main

raise SystemExit(main())
