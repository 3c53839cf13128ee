"""The command line: a module for each command, loaded when it is called, with what only it needs."""
