"""Pictures and widgets that panels are made of."""
