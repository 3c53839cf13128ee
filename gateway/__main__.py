"""`python -m gateway` and the command `licet`."""

import signal

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    # A traceback is no answer to Ctrl-C, neither in the second that the imports below take nor later:
    # commands that have something to put in order first take the signal over.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from gateway.cli.main import main

if __name__ == "__main__":
    main()
