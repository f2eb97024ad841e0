"""`verify` through real proxies: as documented all of it passes; otherwise just what each proxy breaks fails, with the setting to change."""
import json

import pytest
import requests
from proxies import PASSWORD, PROGRAMS, USER, DocumentedProxy, Proxy

# The shortest way to have a proxy, as its own introduction shows it; that of HAProxy has Debian's defaults.
DEFAULTS = {
    "nginx": "server { listen 127.0.0.1:PORT; location / { proxy_pass http://SERVER; } }",
    "Caddy": "http://localhost:PORT {\n\treverse_proxy SERVER\n}\n",
    "HAProxy": """
        defaults
            mode http
            timeout connect 5000
            timeout client  50000
            timeout server  50000
        frontend all
            bind 127.0.0.1:PORT
            default_backend kv
        backend kv
            server kv SERVER
        """,
    "Apache": "<VirtualHost *:PORT>\nProxyPass / http://SERVER/\nProxyPassReverse / http://SERVER/\n</VirtualHost>\n",
}

# The checks that fail by default, with the setting that each of them names.
BROKEN_BY_DEFAULT = {
    "nginx": {"idle WebSocket": "proxy_http_version 1.1", "delete, live": "$http_upgrade", "large value": "client_max_body_size 0",
              "origin": "proxy_set_header Host $http_host"},
    "Caddy": {},
    "HAProxy": {},
    "Apache": {"key with /": "AllowEncodedSlashes NoDecode", "key with //": "nocanon", "key with ..": "AllowEncodedSlashes NoDecode",
               "idle WebSocket": "upgrade=websocket", "delete, live": "upgrade=websocket", "origin": "ProxyPreserveHost On"},
}

# Settings that people have for other programs. Four seconds stand for the 20 for which the server may have nothing to send.
FOR_OTHERS = {
    "nginx": """
        large_client_header_buffers 4 1700;
        gzip_types application/json;
        client_max_body_size 0;
        proxy_http_version 1.1;
        proxy_set_header Host $http_host;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection upgrade;
        server {
            listen 127.0.0.1:PORT;
            location / { proxy_pass http://SERVER/; }
            location ~ ^/api/jobs/. { proxy_pass http://SERVER; proxy_read_timeout 4s; }
        }
        """,
    "Caddy": """
        http://localhost:PORT {
            rewrite * {uri}
            request_body {
                max_size 1MB
            }
            encode gzip
            reverse_proxy SERVER {
                header_up Host {upstream_hostport}
                header_up -Upgrade
                transport http {
                    response_header_timeout 4s
                }
            }
        }
        """,
    "HAProxy": """
        global
            tune.bufsize 4096
        defaults
            mode http
            timeout connect 5s
            timeout client  50s
            timeout server  4s
            timeout tunnel  4s
        frontend all
            bind 127.0.0.1:PORT
            http-request deny deny_status 413 if { req.hdr(Content-Length) -m int gt 1000000 }
            http-request set-header Host SERVER
            http-request set-path %[path,url_dec]
            default_backend kv
        backend kv
            compression algo gzip
            compression type application/json
            server kv SERVER
        """,
    "Apache": """
        Timeout 4
        LimitRequestFieldSize 1500
        AddOutputFilterByType DEFLATE application/json
        <VirtualHost *:PORT>
            AllowEncodedSlashes NoDecode
            ProxyPreserveHost On
            ProxyPass / http://SERVER/ upgrade=websocket
        </VirtualHost>
        """,
}

BROKEN_FOR_OTHERS = {
    "nginx": {"key with /": "proxy_pass", "key with //": "proxy_pass", "key with ..": "without a path or a slash",
              "headers of 3 KB": "large_client_header_buffers", "ETag": "gzip off", "idle WebSocket": "proxy_read_timeout 90s",
              "held answer": "proxy_read_timeout 90s"},
    "Caddy": {"key with ?": "remove rewrite", "large value": "max_size", "origin": "header_up Host", "idle WebSocket": "header_up for Upgrade",
              "delete, live": "header_up for Upgrade", "held answer": "response_header_timeout"},
    "HAProxy": {**{f"key with {kind}": "set-path" for kind in ("/", "//", "..", "%", "?", "a space")}, "key beyond ASCII": "set-path",
                "key of 512 bytes": "set-path", "headers of 3 KB": "tune.bufsize", "large value": "Content-Length", "origin": "set-header Host",
                "idle WebSocket": "timeout tunnel 1h", "held answer": "timeout server 90s"},
    "Apache": {"key with %": "nocanon", "headers of 3 KB": "LimitRequestFieldSize",
               "ETag": "no-gzip", "idle WebSocket": "timeout=90", "held answer": "timeout=90"},
}


def broken(proxy, idle, status=1):
    """What to change, by the name of the check that fails."""
    report = proxy.kv("verify", "--watch", "0", "--idle", idle, "--output", "json", status=status).json
    return {check["name"]: check.get("advice", check["seen"]) for check in report["checks"] if not check["passed"]}


def same(found, expected):
    assert set(found) == set(expected), found
    for name, setting in expected.items():
        assert setting in found[name], (name, found[name])


@pytest.mark.spread
@pytest.mark.parametrize("name", PROGRAMS)
def test_verify_names_what_a_proxy_breaks_by_default(start, name):
    with Proxy(name, start(), DEFAULTS[name]) as proxy:
        expected = BROKEN_BY_DEFAULT[name]
        same(broken(proxy, "1s", status=1 if expected else 0), expected)


@pytest.mark.spread
@pytest.mark.parametrize("name", PROGRAMS)
def test_verify_names_what_settings_for_other_programs_break(start, name):
    with Proxy(name, start(), FOR_OTHERS[name]) as proxy:
        same(broken(proxy, "6s"), BROKEN_FOR_OTHERS[name])


@pytest.mark.spread
@pytest.mark.parametrize("base", ["", "/kv"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_everything_passes_through_a_documented_proxy(start, name, base):
    with DocumentedProxy(name, start("--base-path", base or "/"), base) as proxy:
        assert broken(proxy, "1s", status=0) == {}
        for path in ("/", "/api/stores", "/metrics", "/client/v4/user"):
            answer = requests.get(proxy.url + base + path, verify=proxy.issuer.authority, timeout=20)
            assert answer.status_code == 401, path
        proxy.kv("namespace", "create", "large")
        data = b"".join(b'{"key":"k%06d","value":"%s"}\n' % (n, b"x" * 200) for n in range(20_000))
        proxy.kv("import", "-n", "large", "-", input=data)
        assert len(proxy.kv("export", "-n", "large", "--all").output.splitlines()) == 20_000
        send_the_longest_annotation(proxy)


def send_the_longest_annotation(proxy):
    """As the interface sends it, with a value."""
    proxy.kv("namespace", "create", "annotated")
    space, = proxy.kv("namespace", "list", "--query", "annotated", "--output", "ndjson").lines
    annotation = {"tags": sorted(f"{n:02}{'é' * 31}" for n in range(50)), "customMetadata": "日" * 340}
    parts = {"annotation": (None, json.dumps(annotation, ensure_ascii=False)), "metadata": (None, json.dumps("é" * 170)),
             "value": ("file", b"\xff" * 2_000_000)}
    address = f"{proxy.url}{proxy.base}/api/stores/local/namespaces/{space['id']}"
    options = {"auth": (USER, PASSWORD), "verify": proxy.issuer.authority, "timeout": 20}
    assert requests.put(f"{address}/values?key=k", files=parts, **options).status_code == 201
    entry = requests.get(f"{address}/entries?key=k", **options).json()
    assert {name: entry[name] for name in annotation} == annotation and entry["size"] == 2_000_000
