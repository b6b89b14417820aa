"""One package per jurisdiction, each with a manifest found by entry point."""
