"""What each command of `licet` does: a module each, loaded when the command is called, with what only it needs."""
