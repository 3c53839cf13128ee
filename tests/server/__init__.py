"""Tests of the server process: connections, signals, health and faults."""
