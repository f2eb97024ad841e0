"""A door before the server that breaks one thing: what a fault makes of an answer is what the client gets."""
import contextlib
import http.client
import http.server
import socket
import threading
import time


class Fault:
    """Passes everything on. Others change one thing."""

    def before(self, door, method, path):
        """True: the door has answered by itself."""
        return False

    def answer(self, method, path, status, headers, body):
        return status, headers, body

    def socket(self, door):
        """True: the WebSocket has been dealt with."""
        return False


class BrokenDoor:
    def __init__(self, server, fault=None):
        address, fault = ("127.0.0.1", server.port), fault or Fault()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # It adds no delay of its own: a head and its body are two writes.
            disable_nagle_algorithm = True

            def handle_any(self):
                if "websocket" in self.headers.get("Upgrade", "").lower():
                    return fault.socket(self) or self.tunnel()
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if fault.before(self, self.command, self.path):
                    return None
                onward = http.client.HTTPConnection(*address, timeout=60)
                onward.request(self.command, self.path, body, dict(self.headers.items()))
                came = onward.getresponse()
                status, headers, body = fault.answer(self.command, self.path, came.status, came.getheaders(), came.read())
                onward.close()
                self.send_response(status)
                for name, value in headers:
                    if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                        self.send_header(name, value)
                if status != 204:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

            def open_onward(self):
                onward = socket.create_connection(address)
                head = f"GET {self.path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in self.headers.items()) + "\r\n"
                onward.sendall(head.encode())
                return onward

            def tunnel(self):
                onward = self.open_onward()

                def back():
                    # It ends with either connection.
                    with contextlib.suppress(OSError):
                        while part := onward.recv(65536):
                            self.wfile.write(part)

                threading.Thread(target=back, daemon=True).start()
                while part := self.connection.recv(65536):
                    onward.sendall(part)
                onward.close()
                self.close_connection = True

            def refuse(self, status):
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.send_header("Connection", "close")
                self.end_headers()
                self.close_connection = True
                return True

            def log_message(self, *_):
                pass

        self.door = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.door.daemon_threads = True
        threading.Thread(target=self.door.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.door.server_port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.door.shutdown()
        self.door.server_close()


class Refuses(Fault):
    """Answers by itself with a status where method and path are these."""

    def __init__(self, status, path, method="GET"):
        self.status, self.path, self.method = status, path, method

    def before(self, door, method, path):
        return method == self.method and self.path in path and door.refuse(self.status)


class Answers(Fault):
    """Says what a server would say to a POST, and does nothing."""

    def __init__(self, path, body):
        self.path, self.body = path, body

    def before(self, door, method, path):
        if method != "POST" or self.path not in path:
            return False
        door.send_response(202)
        door.send_header("Content-Length", str(len(self.body)))
        door.end_headers()
        door.wfile.write(self.body)
        return True


class Changes(Fault):
    """Changes answers to what has these words in its path: `headers` and `body` are functions."""

    def __init__(self, path, headers=None, body=None, from_time=1):
        self.path, self.headers, self.body, self.from_time, self.times = path, headers, body, from_time, 0

    def answer(self, method, path, status, headers, body):
        if self.path not in path or status >= 300:
            return status, headers, body
        self.times += 1
        if self.times < self.from_time:
            return status, headers, body
        return status, self.headers(headers) if self.headers else headers, self.body(body) if self.body else body


class Delays(Fault):
    """As a slow network does; only where it is timed, for the sake of time."""

    def before(self, door, method, path):
        time.sleep(0.3 if path == "/healthz" else 0)
        return False


class Asks(Fault):
    """As a proxy does that lets in only those who say this."""

    def __init__(self, **headers):
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def before(self, door, method, path):
        return any(door.headers.get(name) != value for name, value in self.headers.items()) and door.refuse(401)

    def socket(self, door):
        return self.before(door, "GET", door.path)


class StopsInTheMiddle(Fault):
    """Sends a part of what has these words in its path, and then nothing until the client goes."""

    def __init__(self, path):
        self.path = path

    def before(self, door, method, path):
        if self.path not in path:
            return False
        door.send_response(200)
        door.send_header("Content-Length", "1000")
        door.end_headers()
        door.wfile.write(b"x" * 10)
        while door.connection.recv(65536):
            pass
        door.close_connection = True
        return True


class RefusesSockets(Fault):
    def socket(self, door):
        return door.refuse(502)


class HoldsSockets(Fault):
    """As a proxy does that does not know what an upgrade is, and waits."""

    def socket(self, door):
        while door.connection.recv(65536):
            pass
        door.close_connection = True
        return True


class CutsSockets(Fault):
    def socket(self, door):
        onward = door.open_onward()
        door.wfile.write(onward.recv(65536))
        onward.close()
        door.connection.shutdown(socket.SHUT_RDWR)
        door.close_connection = True
        return True
