"""The calls of the Segment HTTP API in OpenAPI's words: for readers, as the intake itself is more lenient."""

from typing import Any

_ID = {"type": ["string", "number", "null"]}
_TIME = {"type": ["string", "number", "null"]}
_OBJECT = {"type": ["object", "null"]}
_NAME = {"type": ["string", "null"]}
_EVERY_CALL = {
    "userId": _ID,
    "anonymousId": _ID,
    "messageId": _ID,
    "timestamp": _TIME,
    "sentAt": _TIME,
    "context": _OBJECT,
    "writeKey": {"type": "string"},
}
_OF_CALL: dict[str, dict[str, object]] = {
    "identify": {"traits": _OBJECT},
    "track": {"event": {"type": "string"}, "properties": _OBJECT},
    "page": {"name": _NAME, "category": _NAME, "properties": _OBJECT},
    "screen": {"name": _NAME, "category": _NAME, "properties": _OBJECT},
    "group": {"groupId": {"type": ["string", "number"]}, "traits": _OBJECT},
    "alias": {"previousId": _ID},
}
_REQUIRED = {"track": ["event"], "group": ["groupId"], "alias": ["userId"]}


def body_of(call_type: str | None) -> dict[str, Any]:
    """The request body of a call, or of a batch, as additions to its operation."""
    if call_type:
        fields = _OF_CALL[call_type] | _EVERY_CALL
        schema = {"type": "object", "properties": fields, "required": _REQUIRED.get(call_type, [])}
    else:
        fields = {"batch": {"type": "array", "items": {"type": "object"}}, "context": _OBJECT, "sentAt": _TIME}
        schema = {"type": "object", "properties": fields | {"writeKey": {"type": "string"}}, "required": ["batch"]}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
