"""The default model's name and how model files end, for those who need no more."""

DEFAULT_MODEL = "studio-1378"
SUFFIX = ".musicae"
