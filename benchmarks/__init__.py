"""Measurements of Musicae, in groups: `python -m benchmarks quality speed --out results.json`.

A group is a module with

- `HELP`, one line;
- `add_options(parser)`, its own options (no two groups may share a name);
- `run(options)`, which yields `Figure`s as they are found;
- if it likes, `table(figures)`, the text to print instead of one line a figure.
"""
