"""The window of Musicae: Qt, and only what needs Qt."""
