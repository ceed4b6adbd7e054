"""The requests that every web server must pass on alike. Each point is a function, and its docstring says what holds."""

import base64
import hashlib
import json
import os
import pathlib
import re
import subprocess
import time
import urllib.parse

LIMIT = 20


class Failed(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Failed(what)


class Answer:
    def __init__(self, status, head, body):
        self.status, self.head, self.body = status, head, body
        self.text = body.decode("utf-8", "replace")

    def header(self, name):
        found = re.findall(rf"(?im)^{re.escape(name)}:\s*(.*?)\s*$", self.head)
        return found[-1] if found else None

    @property
    def json(self):
        try:
            return json.loads(self.text)
        except ValueError:
            raise Failed(f"no JSON, but {self.status} {self.text[:200]!r}") from None


class Visitor:
    """Sends requests with curl, because it speaks HTTP/2 and TLS, too."""

    def __init__(self, base, options, directory):
        self.base, self.options, self.directory = base, options, directory

    def ask(self, path, *options, method="GET", body=None, headers=(), login=True):
        head, out = self.directory / "head", self.directory / "body"
        for file in (head, out):
            file.unlink(missing_ok=True)
        command = ["curl", "--silent", "--show-error", "--path-as-is", "--max-time", str(LIMIT), "--dump-header", head,
                   "--output", out, "--write-out", "%{http_code}"]
        command += self.options["all"] + (self.options["login"] if login else [])
        command += ["--head"] if method == "HEAD" else ["--request", method] if method != "GET" else []
        for name, value in headers:
            command += ["--header", f"{name}: {value}" if value else f"{name};"]
        if body is not None:
            (self.directory / "request").write_bytes(body)
            # Without Expect: 100-continue, which a server may refuse before it has read the body.
            command += ["--data-binary", f"@{self.directory / 'request'}", "--header", "Expect:"]
        command += [*options, self.base + path]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        # A server may close the connection after it has refused a large body (55, 56, 92).
        expect(done.returncode in (0, 55, 56, 92), f"curl {path}: {done.stderr}")
        return Answer(int(done.stdout or 0), head.read_text("latin-1") if head.exists() else "",
                      out.read_bytes() if out.exists() else b"")

    def csrf(self):
        page = self.ask("/")
        found = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
        expect(found, f"no CSRF token in the page: {page.status} {page.text[:200]!r}")
        return found[1]

    def post(self, path, value, headers=(), csrf=None):
        token = self.csrf() if csrf is None else csrf
        return self.ask(path, method="POST", body=json.dumps(value).encode(), headers=[
            ("Content-Type", "application/json"), *([("X-CSRF-TOKEN", token)] if token else []), *headers])

    def start(self, command, **more):
        answer = self.post("/execute", {"command": command, **more})
        expect(answer.status == 200, f"start of {command}: {answer.status} {answer.text[:300]}")
        return answer.json["id"]

    def until(self, what, condition):
        deadline = time.monotonic() + LIMIT
        while time.monotonic() < deadline:
            found = condition()
            if found:
                return found
            time.sleep(0.05)
        raise Failed(f"{what} did not happen")

    def slice(self, uuid, offset=0):
        return self.ask(f"/execute/{uuid}?offset={offset}").json

    def ended(self, uuid):
        return self.until(f"the end of {uuid}", lambda: (lambda found: found["isEnded"] and found)(self.slice(uuid)))


# --- points ---

def page(v):
    """the page comes as HTML, with its policy"""
    answer = v.ask("/")
    expect(answer.status == 200 and (answer.header("Content-Type") or "").startswith("text/html"), answer.head)
    expect(answer.header("Content-Security-Policy"), answer.head)
    expect(answer.head.startswith("HTTP/2 " if "--http2" in v.options["all"] else "HTTP/1.1 "), answer.head)


def page_without_slash(v):
    """the address without the last slash is the page, too"""
    answer = v.ask("", "--location")
    expect(answer.status == 200 and "csrf-token" in answer.text, answer.status)


def nobody(v):
    """a request without a login is refused"""
    for path in ("/", "/commands", "/history", "/execute/00000000-0000-4000-8000-000000000000?offset=0"):
        answer = v.ask(path, login=False)
        expect(answer.status in (401, 302), f"{path}: {answer.status}")


def wrong_login(v):
    """a wrong password is refused"""
    if "--user" in v.options["login"]:
        answer = v.ask("/commands", "--user", "ann:wrong", login=False)
        expect(answer.status == 401, answer.status)


def forged(v):
    """no header names another person"""
    claims = [(name, "carol") for name in (
        "Remotisan-User", "REMOTISAN_USER", "Remote-User", "REMOTE_USER", "X-Remote-User", "X-Forwarded-User", "X-User",
        "X-Auth-Request-Email", "X-Auth-Request-User", "SSL_CLIENT_S_DN", "X-Ssl-Client-S-Dn")]
    claims += [(name, "devops") for name in ("Remotisan-Groups", "REMOTISAN_GROUPS", "X-Groups", "X-Auth-Request-Groups")]
    answer = v.post("/execute", {"command": "say", "params": "forged"}, headers=claims)
    expect(answer.status == 200, f"{answer.status} {answer.text[:200]}")
    rows = v.ask("/history?uuid=" + answer.json["id"]).json["data"]
    expect([row["user_identifier"] for row in rows] == [v.options["name"]], rows)
    refused = v.post("/execute", {"command": "deploy", "params": ""}, headers=claims)
    expect(refused.status == 400, refused.status)
    expect(v.ask("/commands", headers=claims, login=False).status in (401, 302), "a header alone is a login")


def commands(v):
    """the commands of this person come as JSON"""
    answer = v.ask("/commands")
    expect((answer.header("Content-Type") or "").startswith("application/json"), answer.head)
    expect("say" in answer.json["commands"] and "deploy" not in answer.json["commands"], answer.text)


def routes(v):
    """each route that only reads answers"""
    for path in ("/filters", "/history", "/health", "/openapi.json", "/instances"):
        answer = v.ask(path)
        expect(answer.status == 200, f"{path}: {answer.status} {answer.text[:100]}")
        expect(answer.json is not None, path)


def asset(v):
    """a script of the page comes with its type"""
    source = re.search(r'src="([^"]*assets/[^"]+\.js[^"]*)"', v.ask("/").text)
    expect(source, "the page names no script")
    path = "/assets/" + source[1].split("/assets/", 1)[-1] if "/assets/" in source[1] else "/" + source[1]
    answer = v.ask(path)
    expect(answer.status == 200 and "javascript" in (answer.header("Content-Type") or ""), f"{path} {answer.head}")


def no_csrf(v):
    """a POST without the CSRF token is refused"""
    answer = v.post("/execute", {"command": "say", "params": "x"}, csrf="")
    expect(answer.status == 419 and answer.json["message"], answer.status)


def other_site(v):
    """a POST of another site is refused"""
    answer = v.post("/execute", {"command": "say", "params": "x"}, headers=[("Origin", "https://elsewhere.example")])
    expect(answer.status == 403, answer.status)


def own_site(v):
    """a POST of the page is accepted, with the Origin that a browser sends"""
    origin = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(v.options.get("public", v.base)))
    answer = v.post("/execute", {"command": "say", "params": "x"}, headers=[
        ("Origin", origin), ("Sec-Fetch-Site", "same-origin")])
    expect(answer.status == 200, f"{answer.status} {answer.text[:200]}")


def runs(v):
    """a command runs, with spaces, quotes and UTF-8 in its parameter"""
    text = 'a b  "c" \'d\' %2F + ü 漢字 👍 \\'
    found = v.ended(v.start("say", arguments={"text": text}))
    expect(found["text"] == text + "\n" and found["exit_code"] == 0, found)


def query(v):
    """a query arrives with its spaces, signs and UTF-8"""
    uuid = v.start("say", arguments={"text": "größe & mehr + 50% 漢"})
    v.ended(uuid)
    for encoded in (urllib.parse.quote("größe & mehr + 50% 漢"), urllib.parse.quote_plus("größe & mehr + 50% 漢")):
        rows = v.ask("/history?command=" + encoded).json["data"]
        expect(uuid in [row["job_uuid"] for row in rows], f"{encoded}: {rows}")


def long_log(v):
    """a log of 3 MB comes byte for byte"""
    uuid = v.start("much")
    v.ended(uuid)
    answer = v.ask(f"/execute/{uuid}/log")
    wanted = b"".join(b"%d\n" % number for number in range(1, 430001))
    expect(answer.status == 200 and answer.body == wanted, f"{answer.status}, {len(answer.body)} of {len(wanted)} bytes")
    expect((answer.header("Content-Type") or "").startswith("text/plain"), answer.head)
    part = v.ask(f"/execute/{uuid}/log", "--range", "1000000-1000099")
    expect(part.status == 206 and part.body == wanted[1000000:1000100], f"{part.status}, {len(part.body)} bytes")
    slice_ = v.slice(uuid, -200_000)
    expect(slice_["text"].encode() == wanted[-200_000:], "the last 200 kB differ")


def live(v):
    """output arrives while the command runs"""
    uuid = v.start("waits")
    found = v.until("the output", lambda: (lambda slice_: slice_["text"] and slice_)(v.slice(uuid)))
    expect(found["text"] == "first\n" and not found["isEnded"], found)
    pathlib.Path(v.options["work"], f"go-{uuid}").touch()
    found = v.ended(uuid)
    expect(found["text"] == "first\nsecond\n", found)


def kill(v):
    """a kill ends the command"""
    uuid = v.start("forever")
    v.until("the output", lambda: v.slice(uuid)["text"])
    answer = v.post(f"/kill/{uuid}", None)
    expect(answer.status == 200 and answer.json["uuid"] == uuid, f"{answer.status} {answer.text}")
    expect(v.ended(uuid)["status"] == 4, "it was not killed")
    again = v.post(f"/kill/{uuid}", None)
    expect(again.status == 422, again.status)


def upload(v):
    """a file of 300 kB arrives unchanged"""
    content = os.urandom(300_000)
    file = {"name": "größe.bin", "base64": base64.b64encode(content).decode()}
    found = v.ended(v.start("digest", arguments={"file": file}))
    expect(found["text"].split()[0] == hashlib.sha256(content).hexdigest(), found)


def too_large(v):
    """a body over the limit is refused with 413, and nothing starts"""
    before = v.ask("/history").json["total"]
    token = v.csrf()
    answer = v.ask("/execute", method="POST", body=b"x" * 3_000_000, headers=[
        ("Content-Type", "application/json"), ("X-CSRF-TOKEN", token)])
    # A server that closes the connection meanwhile has said the same.
    expect(answer.status in (413, 0, 100), f"{answer.status} {answer.text[:200]}")
    expect(v.ask("/history").json["total"] == before, "something started")


def head(v):
    """HEAD has the head of GET and no body"""
    answer = v.ask("/", method="HEAD")
    expect(answer.status == 200 and (answer.header("Content-Type") or "").startswith("text/html"), answer.head)


def not_found(v):
    """an unknown address is a 404 in JSON"""
    answer = v.ask("/no/such/place")
    expect(answer.status == 404 and answer.json["message"], f"{answer.status} {answer.text[:200]}")


def method(v):
    """a wrong method is a 405 that names the right ones"""
    answer = v.ask("/commands", method="DELETE")
    expect(answer.status == 405 and "GET" in (answer.header("Allow") or ""), f"{answer.status} {answer.head}")


def slashes(v):
    """encoded slashes and dots lead nowhere"""
    for path in ("/execute/..%2F..%2Fetc%2Fpasswd", "/assets/..%2F..%2Fremotisan.yaml",
                 "/%2e%2e/%2e%2e/etc/passwd", "/../../etc/passwd", "/assets//etc/passwd", "/execute/%00"):
        answer = v.ask(path)
        # 401: nginx decodes the path first, and asks the application that has the rest of the site.
        expect(answer.status in (400, 401, 404), f"{path}: {answer.status} {answer.text[:100]}")
        expect("root:" not in answer.text and "storage" not in answer.text, path)


def malformed(v):
    """bytes that are no UTF-8 are refused"""
    answer = v.ask("/history?command=%ff%fe")
    # lighttpd refuses it itself.
    expect(answer.status in (400, 422), f"{answer.status} {answer.text[:100]}")


def many(v):
    """twenty requests at once are all answered"""
    urls = [f"{v.base}/commands?{number}" for number in range(20)]
    command = ["curl", "--silent", "--parallel", "--max-time", str(LIMIT), "--write-out", "%{http_code}\n"]
    command += v.options["all"] + v.options["login"]
    for url in urls:
        command += ["--output", "/dev/null", url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    expect(done.stdout.split() == ["200"] * 20, done.stdout.split())


def token(v):
    """an API token is a login, and a wrong one is none"""
    if not v.options["token"]:
        return
    answer = v.ask("/commands", headers=[("Authorization", "Bearer " + v.options["token"])], login=False)
    expect(answer.status == 200 and "deploy" in answer.json["commands"], f"{answer.status} {answer.text[:200]}")
    answer = v.ask("/commands", headers=[("Authorization", "Bearer rms_" + "0" * 64)], login=False)
    expect(answer.status == 401, answer.status)
    # A token does not borrow the name of a forged header.
    answer = v.ask("/commands", headers=[("Authorization", "Bearer x"), ("Remotisan-User", "ann")], login=False)
    expect(answer.status == 401, answer.status)


POINTS = [page, page_without_slash, nobody, wrong_login, forged, commands, routes, asset, no_csrf, other_site, own_site,
          runs, query, long_log, live, kill, upload, too_large, head, not_found, method, slashes, malformed, many, token]
