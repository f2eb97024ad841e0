"""A proxy before a gateway that begins every listing of keys with an empty page, as the hosted service may."""
import contextlib
import http.server
import json
import threading
import urllib.parse

import requests

MARK = "behind-the-empty-page"


@contextlib.contextmanager
def empty_pages(gateway):
    """The address of the proxy, while it runs."""
    session = requests.Session()

    class Proxy(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def pass_on(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path, query = urllib.parse.urlsplit(self.path).path, dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
            if path.endswith("/keys") and "cursor" not in query:
                page = {"success": True, "errors": [], "messages": [], "result": [], "result_info": {"count": 0, "cursor": MARK}}
                return self.answer(200, json.dumps(page).encode(), {"Content-Type": "application/json"})
            target = self.path.replace(f"&cursor={MARK}", "")
            headers = {name: self.headers[name] for name in ("Authorization", "Content-Type") if name in self.headers}
            answer = session.request(self.command, gateway.url + target, data=body, headers=headers, timeout=60)
            kept = {name: answer.headers[name] for name in ("Content-Type", "Expiration") if name in answer.headers}
            self.answer(answer.status_code, answer.content, kept)

        def answer(self, status, body, headers):
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_DELETE = pass_on

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/client/v4"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
