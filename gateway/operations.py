"""From the text of an operation to its answer: parse, validate, select, run."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from inspect import isawaitable
from typing import Any

import structlog
from graphql import (
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    execute,
    get_variable_values,
    parse,
    validate,
)
from graphql.execution.collect_fields import FragmentDetails

from gateway.errors import Code, fault, request_error
from gateway.selection import Selector
from gateway.telemetry import REQUEST_ID
from schema.context import Acquire, Context, Selection, Viewer

REMEMBERED = 1000
# Longer documents are not remembered: a thousand of them would be memory that anybody signed in can take.
REMEMBERED_LENGTH = 20_000


@dataclass(frozen=True, slots=True)
class Question:
    """What a client sent."""

    query: str
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back. `code` is set when the question could not be answered at all."""

    body: Mapping[str, Any]
    code: Code | None = None


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, when, and over which connection."""

    viewer: Viewer
    now: datetime
    acquire: Acquire


class Operations:
    """The operations that were asked before, parsed and validated, at most `REMEMBERED` of them."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._documents: OrderedDict[str, DocumentNode] = OrderedDict()

    async def answer(self, question: Question, asker: Asker) -> Answer:
        try:
            document = self._document(question.query)
            selection = self._selection(document, question)
        except _Invalid as invalid:
            return refuse(invalid.code, invalid.errors)
        except GraphQLError as error:
            # What validation can not foresee and no rule named: a variable that is null in spite of its default.
            return refuse((error.extensions or {}).get("code", Code.BAD_VARIABLES), [error])
        except RecursionError:
            return refusal(Code.INVALID_OPERATION, "The document is nested too deeply.")
        return await self._run(document, question, selection, asker)

    async def _run(self, document: DocumentNode, question: Question, selection: Selection, asker: Asker) -> Answer:
        async with Context(asker.viewer, asker.now, asker.acquire, selection) as context:
            result = execute(
                self._schema,
                document,
                context.root,
                context,
                dict(question.variables),
                question.operation_name,
            )
            finished = await result if isawaitable(result) else result
        return _answer(finished)

    def _document(self, text: str) -> DocumentNode:
        if text in self._documents:
            self._documents.move_to_end(text)
            return self._documents[text]
        try:
            document = parse(text, no_location=False)
        except GraphQLError as error:
            raise _Invalid(Code.INVALID_OPERATION, [error]) from error
        if errors := validate(self._schema, document):
            raise _Invalid(Code.INVALID_OPERATION, errors)
        if len(text) <= REMEMBERED_LENGTH:
            self._documents[text] = document
            if len(self._documents) > REMEMBERED:
                self._documents.popitem(last=False)
        return document

    def _selection(self, document: DocumentNode, question: Question) -> Selection:
        operation = _operation(document, question.operation_name)
        variables = get_variable_values(
            self._schema, operation.variable_definitions or (), dict(question.variables), max_errors=10
        )
        if isinstance(variables, list):
            raise _Invalid(Code.BAD_VARIABLES, variables)
        fragments = {
            definition.name.value: FragmentDetails(definition)
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        return Selector(self._schema, fragments, operation, variables).select()


class _Invalid(Exception):
    def __init__(self, code: Code, errors: list[GraphQLError]) -> None:
        super().__init__(code)
        self.code = code
        self.errors = errors


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    chosen = [node for node in operations if name is None or (node.name is not None and node.name.value == name)]
    if not chosen:
        raise _unknown("The document has no operation of that name." if name else "The document has no operation.")
    if len(chosen) > 1:
        raise _unknown("The document has several operations: say which one with operationName.")
    if chosen[0].operation is OperationType.SUBSCRIPTION:
        raise _unknown("Subscriptions are not served over this address.")
    return chosen[0]


def _unknown(sentence: str) -> _Invalid:
    return _Invalid(Code.INVALID_OPERATION, [GraphQLError(sentence)])


def refuse(code: Code, errors: list[GraphQLError]) -> Answer:
    """A request error: no data, the same code on every error."""
    return Answer({"errors": [{**error.formatted, "extensions": _extensions(code, error)} for error in errors]}, code)


def refusal(code: Code, sentence: str) -> Answer:
    return refuse(code, [request_error(code, sentence)])


def fault_answer(error: Exception) -> Answer:
    """What is told of a fault that no field is to blame for. It is logged."""
    code, sentence = fault(error)
    structlog.get_logger().exception("fault", code=code)
    return refuse(code, [request_error(code, sentence, requestId=REQUEST_ID.get())])


def _extensions(code: Code, error: GraphQLError) -> dict[str, Any]:
    return {**(error.extensions or {}), "code": code}


def _answer(result: ExecutionResult) -> Answer:
    if not result.errors:
        return Answer({"data": result.data})
    return Answer({"data": result.data, "errors": [_masked(error) for error in result.errors]})


def _masked(error: GraphQLError) -> dict[str, Any]:
    """What the caller may know of a fault: where, what kind, and the id under which the log tells the rest."""
    cause = error.original_error or error
    code, sentence = fault(cause)
    structlog.get_logger().error("fault", path=error.path, code=code, exc_info=cause)
    shown = {key: value for key, value in error.formatted.items() if key in ("locations", "path")}
    return {"message": sentence, **shown, "extensions": {"code": code, "requestId": REQUEST_ID.get()}}
