"""The reference of the interface as a page of the house, read out of its own OpenAPI description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

Schema = Mapping[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")


class Reference(DocsBase):
    """Every operation with its fields, without a script and without anything from outside."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """The page."""
        described = api.get_openapi_schema(path_params=kwargs)
        groups: dict[str, list[dict[str, Any]]] = {}
        for one in operations(described):
            groups.setdefault(one["tag"], []).append(one)
        context = {"groups": groups.items(), "info": described["info"], "address": self.get_openapi_url(api, kwargs)}
        return render(request, "exchange/reference.html", context)


def operations(described: Schema) -> Iterator[dict[str, Any]]:
    """Every operation: tag, method, path, title, law, fields of its query and its body."""
    for path, methods in described["paths"].items():
        for method in METHODS:
            if (operation := methods.get(method)) is not None:
                yield {
                    "tag": (operation.get("tags") or [""])[0],
                    "method": method.upper(),
                    "path": path,
                    "title": operation.get("summary", ""),
                    "law": operation.get("description", "") if method == "post" and "{" in path else "",
                    "fields": [*_query(operation), *_body(operation, described)],
                }


def _query(operation: Schema) -> Iterator[dict[str, Any]]:
    for given in operation.get("parameters", ()):
        if given["in"] == "query":
            yield _field(given["name"], given["schema"], required=given.get("required", False))


def _body(operation: Schema, described: Schema) -> Iterator[dict[str, Any]]:
    for content in operation.get("requestBody", {}).get("content", {}).values():
        yield from _fields(content["schema"], described, prefix="")


def _fields(schema: Schema, described: Schema, *, prefix: str) -> Iterator[dict[str, Any]]:
    """The fields of an object, those of objects inside it below their own path."""
    schema = _resolved(schema, described)
    for name, inner in schema.get("properties", {}).items():
        plain = _resolved(inner, described)
        path = f"{prefix}{name}"
        yield _field(path, {**plain, **inner}, required=name in schema.get("required", ()))
        if "properties" in plain:
            yield from _fields(plain, described, prefix=f"{path}.")
        elif plain.get("type") == "array" and "properties" in _resolved(plain.get("items", {}), described):
            yield from _fields(plain["items"], described, prefix=f"{path}[].")


def _resolved(schema: Schema, described: Schema) -> Schema:
    """A schema with its reference followed; of several, the first that is not null."""
    for choice in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        if choice.get("type") != "null":
            return {
                **_resolved(choice, described),
                **{k: v for k, v in schema.items() if k in {"title", "description"}},
            }
    if "$ref" in schema:
        found: Schema = described["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        return _resolved(found, described)
    return schema


def _field(path: str, schema: Schema, *, required: bool) -> dict[str, Any]:
    values = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    return {
        "path": path,
        "title": schema.get("title", ""),
        "type": schema.get("format") or schema.get("type", ""),
        "values": values,
        "required": required,
    }
