"""How the graph is declared: fields, arguments, mutations, their inputs and their payloads."""
