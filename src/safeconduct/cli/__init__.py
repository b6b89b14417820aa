"""The command line: parse, call one act, render. No law here."""
