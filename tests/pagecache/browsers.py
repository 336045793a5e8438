"""Browsers that ask a WSGI application, as a server would for them."""

from dataclasses import dataclass
from http.cookies import SimpleCookie
from io import BytesIO
from urllib.parse import urlencode, urlsplit

HOST = "localhost:8000"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self):
        return self.body.decode()


class Browser:
    """Keeps cookies, and nothing else unless it is told to."""

    def __init__(self, application):
        self.application = application
        self.cookies = SimpleCookie()

    def get(self, address, *, method="GET", **headers):
        return self._ask(method, address, b"", headers)

    def post(self, address, data, **headers):
        headers = {
            "content_type": "application/x-www-form-urlencoded",
            "origin": f"http://{HOST}",
            **headers,
        }
        return self._ask("POST", address, urlencode(data).encode(), headers)

    def _ask(self, method, address, body, headers):
        parts = urlsplit(address)
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "203.0.113.7",
            "HTTP_HOST": HOST,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            "wsgi.errors": BytesIO(),
            "wsgi.version": (1, 0),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        if self.cookies:
            sent = (f"{name}={morsel.value}" for name, morsel in self.cookies.items())
            environ["HTTP_COOKIE"] = "; ".join(sent)
        for name, value in headers.items():
            prefix = "" if name == "content_type" else "HTTP_"
            environ[f"{prefix}{name.upper()}"] = value
        said = {}

        def start_response(status, headers):
            said.update(status=int(status.split()[0]), headers=headers)

        result = self.application(environ, start_response)
        try:
            content = b"".join(result)
        finally:
            if hasattr(result, "close"):
                result.close()
        for name, value in said["headers"]:
            if name.lower() == "set-cookie":
                self.cookies.load(value)
        return Answer(said["status"], dict(said["headers"]), content)
