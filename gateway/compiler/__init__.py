"""The compiled path: an operation of declared fields becomes one statement that returns finished JSON."""
