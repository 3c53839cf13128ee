"""Tests of the graph, asked over HTTP."""
