"""One controller a panel: joins a view and the core, without widgets and without torch."""
