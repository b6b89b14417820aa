"""Importers: one folder for each official publication (fetch, read, map, source.toml)."""
