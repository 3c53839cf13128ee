"""From the text of a document to one that may run: within the limits, then valid, in time that the limits bound."""

from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OverlappingFieldsCanBeMergedRule,
    ValidationContext,
    ValidationRule,
    specified_rules,
    validate,
)
from graphql.validation.validate import ValidationAbortedError

from gateway.operations.errors import ErrorCode, RequestError
from gateway.operations.limits import Limits, check_document, limit_exceeded, parse_document

# Each may print what it is about, which may be the whole document.
MAX_ERRORS = 5
# About: pairs of fields of one name that are compared, times two. Each field that is selected again meets all others.
MAX_FIELD_COMPARISONS = 15_000


@dataclass(frozen=True, slots=True)
class DocumentValidator:
    """`suggestions`: whether errors suggest what was meant. `introspection`: whether it is allowed."""

    limits: Limits
    suggestions: bool = False
    introspection: bool = False

    def parse_and_validate(self, schema: GraphQLSchema, text: str) -> DocumentNode:
        """Raises RequestError."""
        parsed = parse_document(text, self.limits)
        check_document(parsed, self.limits)
        rules = _RULES if self.introspection else (*_RULES, NoIntrospectionRule)
        errors = validate(schema, parsed, rules, max_errors=MAX_ERRORS, hide_suggestions=not self.suggestions)
        if not errors:
            return parsed
        if isinstance(errors[-1], ValidationAbortedError) and len(errors) <= MAX_ERRORS:
            raise limit_exceeded(
                "fields", "The document selects fields of the same name too often to compare them all."
            )
        raise RequestError(ErrorCode.INVALID_OPERATION, errors)


class NoIntrospectionRule(ValidationRule):
    def enter_field(self, node: FieldNode, *_: Any) -> None:
        if node.name.value in ("__schema", "__type"):
            message = "Introspection is switched off here. The schema is at /schema.graphql."
            self.report_error(GraphQLError(message, node))


class OverlappingFieldsRule(OverlappingFieldsCanBeMergedRule):
    """The specification's rule, with a budget that is used up sooner."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = MAX_FIELD_COMPARISONS


_RULES = tuple(OverlappingFieldsRule if rule is OverlappingFieldsCanBeMergedRule else rule for rule in specified_rules)
