"""What we use of other libraries that they do not document, as data; tests/test_private_apis.py holds us to it.

Such a piece may change in any version that the library does not promise to keep it in. So pyproject.toml bounds each of
these libraries, and when one of the bounds is raised, this list says where to look.
"""

from typing import NamedTuple

# Parts of a version that may not change, by how the library's own versions work: 2 is one minor, 1 is one major.
FIXED_VERSION_PARTS = {
    "asyncpg": 2,
    "graphql-core": 2,
    "sqlalchemy": 2,
    "starlette": 1,
    "strawberry-graphql": 2,
    "uvicorn": 2,
}


class PrivateApi(NamedTuple):
    """Names of a module or a class (`module:class`), the file that uses them, and what for."""

    library: str
    owner: str
    names: tuple[str, ...]
    file: str
    why: str


STATEMENT_CACHE = "what a connection keeps prepared is bounded by its length too"
CONNECTION_REUSE = "the pool's own bookkeeping takes longer than a small answer"
SELECTION = "what is selected is found out once for the cost, the statement and the resolvers"
COERCION = "plain variables are taken as they are, in a fraction of the time"
GRACEFUL_SHUTDOWN = "a server that ends serves each connection once more"
TIMEOUTS = "a client that leads to nothing, or says nothing, is cut off"

PRIVATE_APIS = (
    PrivateApi("asyncpg", "asyncpg.connection", ("_StatementCache",), "db/prepared_statements.py", STATEMENT_CACHE),
    PrivateApi(
        "asyncpg",
        "asyncpg.connection:_StatementCache",
        ("_entries", "_loop", "_on_remove", "get_max_lifetime", "put", "set_max_size"),
        "db/prepared_statements.py",
        STATEMENT_CACHE,
    ),
    PrivateApi(
        "asyncpg", "asyncpg.connection:Connection", ("_stmt_cache",), "db/prepared_statements.py", STATEMENT_CACHE
    ),
    PrivateApi("asyncpg", "asyncpg.connection:Connection", ("_protocol",), "db/pool.py", CONNECTION_REUSE),
    PrivateApi("asyncpg", "asyncpg.protocol:Protocol", ("_is_cancelling",), "db/pool.py", CONNECTION_REUSE),
    PrivateApi("asyncpg", "asyncpg.pgproto.pgproto", ("UUID",), "db/ids.py", "it is read in a twentieth of the time"),
    PrivateApi(
        "sqlalchemy", "sqlalchemy.dialects.postgresql.asyncpg", ("dialect",), "db/mapping/batch_sql.py", "writes $1, $2"
    ),
    PrivateApi(
        "sqlalchemy", "sqlalchemy.sql.compiler:SQLCompiler", ("positiontup",), "db/mapping/batch_sql.py", "what $1 is"
    ),
    PrivateApi(
        "strawberry-graphql", "strawberry:Schema", ("_schema",), "schema/query.py", "names the roots in the SDL"
    ),
    PrivateApi("strawberry-graphql", "strawberry:Schema", ("_schema",), "gateway/server/app.py", "we run it ourselves"),
    PrivateApi(
        "strawberry-graphql", "strawberry:Info", ("_raw_info",), "schema/context.py", "where in the response it is"
    ),
    PrivateApi(
        "strawberry-graphql",
        "strawberry.schema.schema_converter:GraphQLCoreConverter",
        ("DEFINITION_BACKREF",),
        "schema/dsl/fields.py",
        "leads from a field of the schema to its declaration",
    ),
    PrivateApi(
        "strawberry-graphql",
        "strawberry.types.field:StrawberryField",
        ("base_resolver", "python_name"),
        "schema/dsl/fields.py",
        "a field without a resolver is a column",
    ),
    PrivateApi(
        "strawberry-graphql",
        "strawberry.utils.str_converters",
        ("to_camel_case",),
        "schema/dsl/inputs.py",
        "an error names a field as the graph does",
    ),
    PrivateApi(
        "graphql-core",
        "graphql.execution.collect_fields",
        ("FieldDetails", "FragmentDetails", "collect_fields", "collect_subfields"),
        "gateway/operations/selection.py",
        SELECTION,
    ),
    PrivateApi(
        "graphql-core",
        "graphql.execution.values",
        ("VariableValues",),
        "gateway/operations/prepared_operation.py",
        SELECTION,
    ),
    PrivateApi(
        "graphql-core",
        "graphql.execution.values",
        ("VariableValueSource",),
        "gateway/operations/variables.py",
        COERCION,
    ),
    PrivateApi(
        "graphql-core",
        "graphql.execution.get_variable_signature",
        ("GraphQLVariableSignature", "get_variable_signature"),
        "gateway/operations/variables.py",
        COERCION,
    ),
    PrivateApi(
        "graphql-core",
        "graphql.validation.validate",
        ("ValidationAbortedError",),
        "gateway/operations/validation.py",
        "tells a document that was given up from one that is wrong",
    ),
    PrivateApi(
        "graphql-core",
        "graphql:OverlappingFieldsCanBeMergedRule",
        ("rule_context",),
        "gateway/operations/validation.py",
        "its budget is used up sooner",
    ),
    PrivateApi(
        "graphql-core",
        "graphql.validation.rules.overlapping_fields_can_be_merged:RuleContext",
        ("remaining_complexity_budget",),
        "gateway/operations/validation.py",
        "its budget is used up sooner",
    ),
    PrivateApi(
        "starlette",
        "starlette.applications:Starlette",
        ("build_middleware_stack",),
        "gateway/server/app.py",
        "outer layers",
    ),
    PrivateApi(
        "starlette",
        "starlette.middleware:Middleware",
        ("args", "cls", "kwargs"),
        "gateway/server/app.py",
        "outer layers",
    ),
    PrivateApi(
        "uvicorn",
        "uvicorn:Server",
        ("capture_signals", "handle_exit", "lifespan", "on_tick", "server_state", "servers", "should_exit", "shutdown"),
        "gateway/server/process.py",
        GRACEFUL_SHUTDOWN,
    ),
    PrivateApi(
        "uvicorn",
        "uvicorn.server:ServerState",
        ("connections", "default_headers"),
        "gateway/server/process.py",
        GRACEFUL_SHUTDOWN,
    ),
    PrivateApi(
        "uvicorn",
        "uvicorn:Config",
        ("get_loop_factory", "http_protocol_class"),
        "gateway/server/process.py",
        GRACEFUL_SHUTDOWN,
    ),
    PrivateApi("uvicorn", "uvicorn.lifespan.on:LifespanOn", ("state",), "gateway/server/process.py", GRACEFUL_SHUTDOWN),
    PrivateApi(
        "uvicorn",
        "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol",
        (
            *("_unsupported_upgrade_warning", "config", "connection_made", "cycle", "data_received", "headers"),
            *("pipeline", "scope", "send_400_response", "timeout_keep_alive_task", "transport"),
        ),
        "gateway/server/http_protocol.py",
        TIMEOUTS,
    ),
    PrivateApi(
        "uvicorn",
        "uvicorn.protocols.http.httptools_impl:RequestResponseCycle",
        ("body", "more_body", "response_complete", "scope"),
        "gateway/server/http_protocol.py",
        TIMEOUTS,
    ),
    PrivateApi(
        "uvicorn",
        "uvicorn.middleware.proxy_headers",
        ("ProxyHeadersMiddleware",),
        "gateway/server/app.py",
        "who is behind a proxy",
    ),
)
