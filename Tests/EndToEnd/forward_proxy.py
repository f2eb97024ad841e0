"""A forward proxy with CONNECT, as companies have for connections to the outside."""
import base64
import contextlib
import socket
import socketserver
import threading


class ForwardProxy(socketserver.ThreadingTCPServer):
    """`hosts` are the ports on this machine that stand for the names that it connects to; it refuses all others by 403."""

    daemon_threads, allow_reuse_address = True, True

    def __init__(self, hosts, login=None):
        super().__init__(("127.0.0.1", 0), Connection)
        self.hosts, self.login, self.targets = hosts, login, []
        self.address = f"127.0.0.1:{self.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address):
        """A connection that ends is no error here."""


class Connection(socketserver.StreamRequestHandler):
    def handle(self):
        method, target, _ = self.rfile.readline().decode().split()
        fields = {}
        while (line := self.rfile.readline().decode().strip()):
            name, value = line.split(":", 1)
            fields[name.lower()] = value.strip()
        login = self.server.login
        if login and fields.get("proxy-authorization") != f"Basic {base64.b64encode(login.encode()).decode()}":
            return self.answer("407 Proxy Authentication Required", 'Proxy-Authenticate: Basic realm="proxy"\r\n')
        self.server.targets.append(target)
        host = target.rpartition(":")[0]
        if method != "CONNECT" or host not in self.server.hosts:
            return self.answer("403 Forbidden")
        with socket.create_connection(("127.0.0.1", self.server.hosts[host])) as far:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=pump, args=(far, self.connection), daemon=True)
            back.start()
            pump(self.connection, far)
            back.join()

    def answer(self, status, fields=""):
        page = "<html><body>Your administrator does not allow this.</body></html>"
        self.wfile.write(f"HTTP/1.1 {status}\r\n{fields}Content-Type: text/html\r\nContent-Length: {len(page)}\r\n\r\n{page}".encode())


def pump(source, sink):
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
