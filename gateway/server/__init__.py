"""The server process: the application, its lifespan, its sockets and its signals."""
