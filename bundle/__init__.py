"""Making the double-clickable program: what goes into it, its licences, its packages, and its trial run."""
