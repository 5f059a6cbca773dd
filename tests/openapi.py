"""GitHub's own description of its API, held against what is asked and answered."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from npm import packed_file
from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

Json = Any
_NUMBER = re.compile(r"-?\d+")


class Description:
    """`problems` are all ways in which a request, and the answer to it, are not as GitHub describes them."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self.registry = Registry().with_resource("github", Resource(document, DRAFT4))
        self.paths = [(re.compile(self._form(path)), path) for path in document["paths"]]

    def example(self, name: str) -> Json:
        """A copy of one of the answers in the description."""
        return json.loads(json.dumps(self.document["components"]["examples"][name]["value"]))

    def request_problems(self, method: str, path: str, query: str, body: bytes) -> Iterator[str]:
        template = self._template(method, path)
        if not template:
            yield f"there is no {method} {path}"
            return
        operation = self._operation(method, template)
        known = {(p["in"], p["name"]): p["schema"] for p in map(self._resolved, operation.get("parameters", []))}
        given = re.fullmatch(self._form(template), path)
        assert given
        for where, values in (
            ("path", given.groupdict().items()),
            ("query", parse_qsl(query, keep_blank_values=True)),
        ):
            for name, value in values:
                if (where, name) not in known:
                    yield f"{method} {template} has no {name} in its {where}"
                else:
                    schema = known[where, name]
                    is_number = _NUMBER.fullmatch(value) and schema.get("type") != "string"
                    yield from self._errors(schema, int(value) if is_number else value, name)
        yield from self._body_problems(operation, body)

    def response_problems(self, method: str, path: str, status: int, body: Json) -> Iterator[str]:
        """Faults that are described nowhere (a proxy's 502, a rate limit) must be errors of the ordinary form."""
        template = self._template(method, path)
        described = self._operation(method, template)["responses"].get(str(status)) if template else None
        if described is None:
            schema = {"$ref": "#/components/schemas/basic-error"}
        else:
            content = self._resolved(described).get("content", {})
            schema = content["application/json"]["schema"] if content else {}
        yield from self._errors(schema, body, f"{status} to {method} {path}")

    def _body_problems(self, operation: Json, body: bytes) -> Iterator[str]:
        described = operation.get("requestBody")
        if described is None:
            if body:
                yield "there should be no body"
            return
        schema = self._resolved(described)["content"]["application/json"]["schema"]
        sent = json.loads(body)
        yield from self._errors(schema, sent, "body")
        yield from (f"body: {name} is not described" for name in sent if name not in schema["properties"])

    def _template(self, method: str, path: str) -> str:
        fits = [t for form, t in self.paths if form.fullmatch(path) and method.lower() in self.document["paths"][t]]
        return min(fits, key=lambda template: (template.count("{"), -len(template)), default="")

    def _form(self, template: str) -> str:
        """A path as a regular expression; the name of a ref may have slashes, and the description says so."""
        operations = [part for part in self.document["paths"][template].values() if isinstance(part, dict)]
        parameters = [self._resolved(p) for operation in operations for p in operation.get("parameters", [])]
        long = {p["name"] for p in parameters if p.get("x-multi-segment")}
        return re.sub(r"\{(\w+)\}", lambda m: f"(?P<{m[1]}>{'.+' if m[1] in long else '[^/]+'})", template)

    def _operation(self, method: str, template: str) -> Json:
        return self.document["paths"][template][method.lower()]

    def _resolved(self, part: Json) -> Json:
        """What a reference stands for."""
        while "$ref" in part:
            place, part = part["$ref"], self.document
            for key in place.removeprefix("#/").split("/"):
                part = part[key]
        return part

    def _errors(self, schema: Json, value: Json, where: str) -> Iterator[str]:
        absolute = json.loads(json.dumps(schema).replace('"#/', '"github#/'))
        for error in OAS30Validator(absolute, registry=self.registry).iter_errors(value):
            place = ".".join(map(str, error.absolute_path))
            yield f"{where} {place}: {error.message}"[:300]


@cache
def description() -> Description:
    """That of api.github.com."""
    path = packed_file("@octokit/openapi", "23.0.2", "generated/api.github.com.json")
    return Description(json.loads(path.read_bytes()))


@cache
def payloads(server: str) -> dict[str, list[Json]]:
    """Payloads of webhooks by event, as GitHub publishes them; `server` as `api.github.com` or `ghes-35`."""
    path = packed_file("@octokit/webhooks-examples", "7.6.1", f"{server}/index.json")
    return {event["name"]: event["examples"] for event in json.loads(path.read_bytes())}
