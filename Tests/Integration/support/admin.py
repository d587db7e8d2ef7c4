"""A client of the admin API that sends just what it is told."""

import http.client
import json
from dataclasses import dataclass


@dataclass
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self):
        return json.loads(self.body)

    @property
    def tag(self):
        return self.headers["ETag"]

    @property
    def pointers(self):
        """Where the body is wrong, as a problem says it."""
        assert self.headers["Content-Type"] == "application/problem+json"
        return {error.get("pointer") for error in self.json().get("errors", [])}


class Admin:
    """Talks to the admin address of a gateway, each call on a connection of its own."""

    def __init__(self, gateway, token=None):
        self.address = gateway.admin_url.removeprefix("http://")
        self.token = token

    def call(self, method, path, body=None, headers=None, timeout=20):
        """`path` and `headers` go out as they are; a body that is no bytes goes as JSON."""
        fields = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            fields["Content-Type"] = "application/merge-patch+json" if method == "PATCH" else "application/json"
        fields.update(headers or {})
        connection = http.client.HTTPConnection(self.address, timeout=timeout)
        try:
            fields = {name: value for name, value in fields.items() if value is not None}
            connection.request(method, path, body, fields)
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path, **more):
        reply = self.call("GET", path, **more)
        assert reply.status == 200, reply
        return reply.json()

    def put(self, path, body, **headers):
        return self.call("PUT", path, body, {name.replace("_", "-"): value for name, value in headers.items()})

    def routes(self):
        return [item["name"] for item in self.get("/admin/v1/routes?limit=1000")["items"]]
