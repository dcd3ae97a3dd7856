"""The report of a study: `written.write_report` makes all of it; `document` says what it is made of, without torch."""
