"""The page behind a proxy that removes a part of the path."""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from conftest import output, start, expect_status

PREFIX = "/tools/ops"


@pytest.fixture
def proxied(server):
    """The address of the page behind a proxy that removes PREFIX, as `public_url` says."""

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def forward(self):
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            if not self.path.startswith(PREFIX):
                self.send_error(404)
                return
            upstream = http.client.HTTPConnection("127.0.0.1", server.port)
            headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
            path = "/remotisan" + self.path[len(PREFIX):]
            upstream.request(self.command, path, body, headers | {"Host": f"127.0.0.1:{server.port}"})
            answer = upstream.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            upstream.close()

        do_GET = do_POST = forward

        def log_message(self, *_):
            pass

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    thread = threading.Thread(target=proxy.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{proxy.server_port}{PREFIX}/"
    for changes in [{"public_url": address.rstrip("/")}, {}]:
        server.configure(**changes)
        server.stop("responder")
        server.start_responder()
        if changes:
            yield address
    proxy.shutdown()
    thread.join()
    proxy.server_close()


def test_a_command_runs_behind_a_proxy_that_removes_a_part_of_the_path(proxied, open_page):
    page = open_page()
    page.goto(proxied)
    start(page, "quick", "behind a proxy")
    assert page.url.startswith(proxied)
    expect_status(page, "Completed")
    expect(output(page).first).to_contain_text("behind a proxy")
    page.reload()
    expect(output(page).first).to_contain_text("behind a proxy")
