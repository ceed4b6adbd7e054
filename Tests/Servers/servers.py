"""The web servers, each with the files that an administrator installs. Only paths, ports and passwords are changed."""

import os
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODULES = "/usr/lib/apache2/modules"
# The names and passwords of the people; {PLAIN} would do for nginx alone.
PEOPLE = {"ann": ("ann", "support"), "bob": ("bob", "devops"), "carol": ("carol", "support,devops")}


def find(program):
    return shutil.which(program, path=os.environ["PATH"] + ":/usr/local/sbin:/usr/sbin:/sbin")


class Server:
    """Writes the files of a server below `place.directory`, and says how to start it."""

    needs = []
    # "unix", "tcp", or None if the web server starts the responder.
    responder = "unix"
    # Additional keys of the configuration.
    keys = {}
    # Whether roles name people, because the server passes no groups.
    names_people = False
    has_tokens = True

    def __init__(self, place):
        self.place = place

    @property
    def base(self):
        return f"http://127.0.0.1:{self.place.port}/remotisan"

    @property
    def curl(self):
        return []

    @property
    def login(self):
        return ["--user", "ann:ann"]

    def start(self):
        raise NotImplementedError

    # Files

    def write(self, name, text):
        path = self.place.directory / name
        path.write_text(text)
        path.chmod(0o644)
        return path

    def shipped(self, path, name, changes=()):
        """Writes a shipped file with the changes of an administrator. Fails if one of them has no place in it."""
        text = (ROOT / path).read_text()
        place = self.place
        common = [
            ("/etc/nginx/snippets/", f"{place.directory}/"),
            ("/etc/remotisan/remotisan.yaml", str(place.configuration)),
            ("unix:/run/remotisan/remotisan.sock", f"unix:{place.socket}"),
            ("unix//run/remotisan/remotisan.sock", f"unix/{place.socket}"),
            ("unix@/run/remotisan/remotisan.sock", f"unix@{place.socket}"),
            ("/run/remotisan/remotisan.sock", str(place.socket)),
            ("/var/lib/remotisan/logs", f"{place.storage}/logs"),
            ("/usr/bin/remotisan-fcgi", f"{place.programs}/remotisan-fcgi"),
            ("/etc/nginx/remotisan.htpasswd", f"{place.directory}/htpasswd"),
            ("/etc/apache2/remotisan.htpasswd", f"{place.directory}/htpasswd"),
            ("/etc/apache2/remotisan.groups", f"{place.directory}/groups"),
            ("/etc/lighttpd/remotisan.htpasswd", f"{place.directory}/htpasswd"),
            ("/etc/ssl/certs/remotisan.pem", f"{place.directory}/server.pem"),
            ("/etc/ssl/private/remotisan.key", f"{place.directory}/server.key"),
            ("    listen [::]:80;\n", ""),
            ("    listen [::]:443 ssl http2;\n", ""),
        ]
        for old, new in changes:
            if old not in text:
                raise AssertionError(f"{path} has no {old!r}")
            text = text.replace(old, new)
        for old, new in common:
            text = text.replace(old, new)
        for line in text.splitlines():
            if not line.lstrip().startswith("#") and re.search(r"/etc/|/var/lib/|[^\w]/run/", line):
                raise AssertionError(f"a path of {path} was not changed: {line}")
        return self.write(name, text)

    def passwords(self):
        lines = []
        for name, (password, _) in PEOPLE.items():
            digest = subprocess.run(["openssl", "passwd", "-apr1", password], check=True, capture_output=True, text=True)
            lines.append(f"{name}:{digest.stdout.strip()}\n")
        self.write("htpasswd", "".join(lines))
        self.write("groups", "".join(f"{name} {groups}\n" for name, (_, groups) in PEOPLE.items()))

    def certificates(self):
        """An authority, and certificates of the server and of people."""
        def openssl(*words):
            subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, cwd=self.place.directory)
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 2, "-subj", "/CN=Authority", "-keyout",
                "authority.key", "-out", "authority.pem")
        self.write("names", "subjectAltName=IP:127.0.0.1,DNS:localhost\n")
        for name, subject in (("server", "/CN=localhost"), ("ann", "/O=Example/OU=support/CN=ann"),
                              ("forger", "/O=Example/OU=devops/CN=x,CN=carol")):
            openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", subject, "-keyout", name + ".key", "-out", name + ".csr")
            openssl("x509", "-req", "-in", name + ".csr", "-CA", "authority.pem", "-CAkey", "authority.key",
                    "-CAcreateserial", "-days", 2, "-extfile", "names", "-out", name + ".pem")
        (self.place.directory / "server.key").chmod(0o644)

    # nginx

    def location(self, changes=()):
        self.shipped("nginx/remotisan.location.conf", "remotisan.location.conf", [
            ("client_max_body_size 64k;", "client_max_body_size 1m;"), *changes])

    def nginx(self, *sites):
        directory = self.place.directory
        user = f"user {self.place.account};" if os.geteuid() == 0 else ""
        paths = "".join(
            f"    {kind}_temp_path {directory}/{kind};\n" for kind in ("client_body", "fastcgi", "proxy", "scgi", "uwsgi"))
        includes = "".join(f"    include {directory}/{site};\n" for site in sites)
        configuration = self.write("nginx.conf", f"""daemon off;
{user}
pid {directory}/nginx.pid;
error_log {directory}/error.log;
worker_processes 1;
events {{}}
http {{
    access_log {directory}/access.log;
    map_hash_bucket_size 128;
{paths}{includes}}}
""")
        return [find("nginx"), "-e", f"{directory}/error.log", "-c", str(configuration)]

    @property
    def listen(self):
        return ("listen 80;", f"listen 127.0.0.1:{self.place.port};")


class Nginx(Server):
    """nginx, Unix socket"""

    needs = ["nginx"]

    def start(self):
        self.passwords()
        self.location()
        self.shipped("nginx/example-auth-basic.conf", "site.conf", [self.listen])
        return [self.nginx("site.conf")]


class NginxTCP(Server):
    """nginx, TCP"""

    needs = ["nginx"]
    responder = "tcp"

    def start(self):
        self.passwords()
        self.location([("fastcgi_pass unix:/run/remotisan/remotisan.sock;",
                        f"fastcgi_pass 127.0.0.1:{self.place.responder_port};")])
        self.shipped("nginx/example-auth-basic.conf", "site.conf", [self.listen])
        return [self.nginx("site.conf")]


class NginxHTTP2(Server):
    """nginx, TLS and HTTP/2"""

    needs = ["nginx"]

    @property
    def base(self):
        return f"https://127.0.0.1:{self.place.port}/remotisan"

    @property
    def curl(self):
        return ["--http2", "--cacert", str(self.place.directory / "authority.pem")]

    def start(self):
        self.passwords()
        self.certificates()
        self.location()
        self.shipped("nginx/example-auth-basic.conf", "site.conf", [
            ("listen 80;", f"listen 127.0.0.1:{self.place.port} ssl http2;"),
            ("# ssl_certificate ", "ssl_certificate "), ("# ssl_certificate_key", "ssl_certificate_key")])
        return [self.nginx("site.conf")]


class NginxBehindProxy(NginxHTTP2):
    """nginx behind a proxy that ends TLS"""

    prefix = ""

    @property
    def base(self):
        return f"https://127.0.0.1:{self.place.port}{self.prefix}/remotisan"

    @property
    def keys(self):
        return {"public_url": self.base}

    def start(self):
        self.passwords()
        self.certificates()
        self.location()
        inner = self.place.other_port
        self.shipped("nginx/example-auth-basic.conf", "site.conf", [("listen 80;", f"listen 127.0.0.1:{inner};")])
        self.shipped("examples/servers/nginx-behind-proxy.conf", "proxy.conf", [
            ("listen 443 ssl http2;", f"listen 127.0.0.1:{self.place.port} ssl http2;"), ("127.0.0.1:8081", f"127.0.0.1:{inner}"),
            ("proxy_set_header Host $host;", "proxy_set_header Host ops.internal;")])
        return [self.nginx("site.conf", "proxy.conf")]


class NginxBehindPrefix(NginxBehindProxy):
    """nginx behind a proxy that removes a prefix"""

    prefix = "/tools"


class NginxAuthRequest(Server):
    """nginx, login of an application (auth_request)"""

    needs = ["nginx"]
    cookie = "session"
    file, address = "nginx/example-auth-request.conf", "127.0.0.1:8000"
    application = "Tests/Fixtures/programs/session-application"

    @property
    def login(self):
        return ["--cookie", f"{self.cookie}=ann:support"]

    def start(self):
        self.location()
        port = self.place.other_port
        self.shipped(self.file, "site.conf", [self.listen, (self.address, f"127.0.0.1:{port}")])
        return [[str(ROOT / self.application), str(port)], self.nginx("site.conf")]


class NginxOAuth2(NginxAuthRequest):
    """nginx, headers of OAuth2 Proxy"""

    cookie = "_oauth2_proxy"
    file, address = "examples/single-sign-on/nginx.conf", "127.0.0.1:4180"
    application = "Tests/Servers/oauth2-answers"


class NginxCertificate(NginxHTTP2):
    """nginx, certificates of people"""

    has_tokens = False

    @property
    def login(self):
        directory = self.place.directory
        return ["--cert", str(directory / "ann.pem"), "--key", str(directory / "ann.key")]

    def start(self):
        self.certificates()
        self.location()
        self.shipped("examples/servers/nginx-client-certificate.conf", "site.conf", [
            ("listen 443 ssl http2;", f"listen 127.0.0.1:{self.place.port} ssl http2;"),
            ("/etc/nginx/remotisan-authority.pem", f"{self.place.directory}/authority.pem")])
        return [self.nginx("site.conf")]


class NginxFcgiwrap(Server):
    """nginx and fcgiwrap, CGI"""

    needs = ["nginx", "fcgiwrap"]
    responder = None
    has_tokens = False

    def start(self):
        self.passwords()
        socket = self.place.directory / "runtime" / "fcgiwrap.sock"
        self.shipped("examples/servers/nginx-fcgiwrap.conf", "site.conf", [
            self.listen, ("unix:/run/fcgiwrap.socket", f"unix:{socket}")])
        return [self.place.as_service([find("fcgiwrap"), "-c", "8", "-s", f"unix:{socket}"]), self.nginx("site.conf")]


class Apache(Server):
    """Apache, mod_proxy_fcgi, Unix socket"""

    needs = ["apache2"]
    file, modules, mpm = "mod_proxy_fcgi.conf", ["proxy", "proxy_fcgi"], "event"
    changes = ()

    def start(self):
        self.passwords()
        self.shipped(f"apache/{self.file}", "site.conf", self.changes)
        directory = self.place.directory
        user = f"User {self.place.account}\nGroup {self.place.account}" if os.geteuid() == 0 else ""
        load = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in [
            f"mpm_{self.mpm}", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "rewrite",
            *self.modules])
        configuration = self.write("apache.conf", f"""ServerRoot {directory}
ServerName localhost
# As in Debian's security.conf.
ServerSignature On
Listen 127.0.0.1:{self.place.port}
PidFile {directory}/apache.pid
ErrorLog {directory}/error.log
DefaultRuntimeDir {directory}/runtime
Mutex file:{directory}/runtime default
{user}
{load}
StartServers 2
MaxRequestWorkers 50
<IfModule fcgid_module>
    FcgidIPCDir {directory}/runtime
    FcgidProcessTableFile {directory}/runtime/fcgid
</IfModule>
<IfModule cgid_module>
    ScriptSock {directory}/runtime/cgid
</IfModule>
{self.extra}
Include {directory}/site.conf
""")
        return [[find("apache2"), "-f", str(configuration), "-DFOREGROUND", "-k", "start"]]

    extra = ""


class ApacheTCP(Apache):
    """Apache, mod_proxy_fcgi, TCP"""

    responder = "tcp"

    @property
    def changes(self):
        return [("unix:/run/remotisan/remotisan.sock|fcgi://remotisan/remotisan",
                 f"fcgi://127.0.0.1:{self.place.responder_port}/remotisan")]


class ApacheHTTP2(Apache):
    """Apache, mod_proxy_fcgi, TLS and HTTP/2"""

    modules = ["proxy", "proxy_fcgi", "ssl", "http2", "socache_shmcb"]

    @property
    def base(self):
        return f"https://127.0.0.1:{self.place.port}/remotisan"

    @property
    def curl(self):
        return ["--http2", "--cacert", str(self.place.directory / "authority.pem")]

    @property
    def extra(self):
        directory = self.place.directory
        return f"""Protocols h2 http/1.1
SSLEngine on
SSLCertificateFile {directory}/server.pem
SSLCertificateKeyFile {directory}/server.key"""

    def start(self):
        self.certificates()
        return super().start()


class ApacheFcgid(Apache):
    """Apache, mod_fcgid"""

    responder = None
    file, modules = "mod_fcgid.conf", ["alias", "fcgid"]


class ApacheCgid(Apache):
    """Apache, mod_cgid"""

    responder = None
    file, modules = "mod_cgid.conf", ["alias", "env", "cgid"]


class ApacheCgi(Apache):
    """Apache, mod_cgi with mpm_prefork"""

    responder = None
    file, modules, mpm = "mod_cgid.conf", ["alias", "env", "cgi"], "prefork"
    changes = [("CGIDScriptTimeout 30\n", "")]


class Lighttpd(Server):
    """lighttpd"""

    needs = ["lighttpd"]
    keys = {"identity": {"user": "REMOTE_USER"}}
    names_people = True
    has_tokens = False

    def start(self):
        self.passwords()
        self.shipped("examples/servers/lighttpd.conf", "site.conf")
        directory = self.place.directory
        user = f'server.username = "{self.place.account}"\n' if os.geteuid() == 0 else ""
        configuration = self.write("lighttpd.conf", f"""server.modules = ()
server.document-root = "{directory}/runtime"
server.bind = "127.0.0.1"
server.port = {self.place.port}
server.errorlog = "{directory}/runtime/error.log"
server.upload-dirs = ( "{directory}/runtime" )
{user}include "{directory}/site.conf"
""")
        return [[find("lighttpd"), "-D", "-f", str(configuration)]]


class Caddy(Server):
    """Caddy"""

    needs = ["caddy"]

    def start(self):
        def hashed(name):
            return subprocess.run([find("caddy"), "hash-password", "--plaintext", PEOPLE[name][0]], check=True,
                                  capture_output=True, text=True).stdout.strip()
        self.shipped("examples/servers/Caddyfile", "site.caddy", [
            ("ops.example.com {", f"http://127.0.0.1:{self.place.port} {{"), ("HASH-OF-ANN", hashed("ann")),
            ("HASH-OF-BOB", hashed("bob"))])
        configuration = self.write("Caddyfile", "{\n\tadmin off\n\tauto_https off\n}\n"
                                   + f"import {self.place.directory}/site.caddy\n")
        return [self.place.as_service([find("caddy"), "run", "--adapter", "caddyfile", "--config", str(configuration)])]


class HAProxy(Server):
    """HAProxy"""

    needs = ["haproxy"]

    def start(self):
        changes = [("bind :80", f"bind 127.0.0.1:{self.place.port}"),
                   ("    user haproxy\n", ""), ("    group www-data\n", "")]
        for name, (password, _) in PEOPLE.items():
            digest = subprocess.run(["openssl", "passwd", "-6", password], check=True, capture_output=True, text=True)
            changes.append((f"HASH-OF-{name.upper()}", digest.stdout.strip()))
        configuration = self.shipped("examples/servers/haproxy.cfg", "haproxy.cfg", changes)
        return [self.place.as_service([find("haproxy"), "-db", "-f", str(configuration)])]


ALL = [Nginx, NginxTCP, NginxHTTP2, NginxBehindProxy, NginxBehindPrefix, NginxAuthRequest, NginxOAuth2, NginxCertificate,
       NginxFcgiwrap, Apache, ApacheTCP, ApacheHTTP2, ApacheFcgid, ApacheCgid, ApacheCgi, Lighttpd, Caddy, HAProxy]
