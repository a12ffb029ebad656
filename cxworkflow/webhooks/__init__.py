"""Telling other programs of events: what is said, how it is signed, and one request to the address that was checked."""
