"""Which form of a program is searched on: option sets, rewrites, panels."""
