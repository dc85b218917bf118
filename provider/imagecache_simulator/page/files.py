"""The page's own files, as `server` sends them: no build step, and nothing from elsewhere."""

from __future__ import annotations

import json
from importlib.resources import files

from imagecache_simulator.wire import Request, Response

PREFIX = "/_simulator/page/"
INDEX = "index.html"
# Each file that is served, and its type; nothing else can be asked for.
TYPES = {
    INDEX: "text/html",
    "icon.svg": "image/svg+xml",
    "page.css": "text/css",
    "page.js": "text/javascript",
    "account.js": "text/javascript",
    "elements.js": "text/javascript",
    "image_cache.js": "text/javascript",
    "network.js": "text/javascript",
    "requests.js": "text/javascript",
}
# Names that requests bring are shown as text by the scripts; trusted types make the browser refuse HTML.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; connect-src 'self'; img-src 'self'; script-src 'self'; style-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


def is_asked_for(request: Request) -> bool:
    """Tell a browser that opens `/`, which takes HTML, from a client that calls the API there."""
    return (
        request.method in {"GET", "HEAD"}
        and request.path == "/"
        and not request.query
        and "x-acs-action" not in request.headers
        and "text/html" in request.headers.get("accept", "").lower()
    )


def file(name: str) -> Response:
    """Return one of the page's files; 404 in JSON for any other name."""
    if name not in TYPES:
        return Response.of_json(404, {"error": f"the page has no file {json.dumps(name)}"})
    return Response(
        status=200,
        headers={
            "content-type": f"{TYPES[name]};charset=utf-8",
            "content-security-policy": CONTENT_SECURITY_POLICY,
            "cache-control": "no-store",
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
        },
        body=(files(__package__) / "static" / name).read_bytes(),
    )
