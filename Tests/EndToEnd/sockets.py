"""Bytes on the wire, for what no well-behaved client would send: HTTP by hand, and WebSocket frames by hand (RFC 6455)."""
import base64
import os
import re
import socket
import struct

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA


def connect(server, timeout=15):
    return socket.create_connection(("127.0.0.1", server.port), timeout=timeout)


def exchange(server, request, timeout=15):
    """Sends bytes, and reads until the server closes or one whole answer is there: (status, headers, body)."""
    with connect(server, timeout) as connection:
        connection.sendall(request)
        return read_answer(connection)


def read_answer(connection):
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            break
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    match = re.match(r"HTTP/1\.[01] (\d{3})", lines[0])
    assert match, f"no HTTP answer: {received[:200]!r}"
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    status = int(match.group(1))
    if status != 101:
        length = int(headers.get("content-length", 0))
        while len(body) < length:
            piece = connection.recv(65536)
            if not piece:
                break
            body += piece
    return status, headers, body


class RawWebSocket:
    """A WebSocket client that sends whatever it is told to."""

    def __init__(self, server, path, headers=(), timeout=15):
        self.connection = connect(server, timeout)
        self.buffer = b""
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", "Connection: Upgrade", "Upgrade: websocket",
                 f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", *headers]
        self.connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.status, self.headers, self.buffer = read_answer(self.connection)

    def __enter__(self):
        assert self.status == 101, (self.status, self.buffer)
        return self

    def __exit__(self, *_):
        self.connection.close()

    def send(self, opcode, payload=b"", final=True, masked=True, reserved=0):
        head = bytes([(0x80 if final else 0) | reserved | opcode])
        mark = 0x80 if masked else 0
        if len(payload) < 126:
            head += bytes([mark | len(payload)])
        elif len(payload) < 65536:
            head += bytes([mark | 126]) + struct.pack("!H", len(payload))
        else:
            head += bytes([mark | 127]) + struct.pack("!Q", len(payload))
        if masked:
            mask = os.urandom(4)
            repeated = (mask * (len(payload) // 4 + 1))[: len(payload)]
            length = len(payload)
            payload = (int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")).to_bytes(length, "big")
            head += mask
        self.connection.sendall(head + payload)

    def receive(self):
        """The next frame: (opcode, payload), or None at the end of the connection."""
        head = self._take(2)
        if head is None:
            return None
        opcode, length = head[0] & 0x0F, head[1] & 0x7F
        assert not head[1] & 0x80, "a server does not mask"
        if length == 126:
            length = struct.unpack("!H", self._take(2))[0]
        elif length == 127:
            length = struct.unpack("!Q", self._take(8))[0]
        return opcode, self._take(length)

    def until_close(self):
        """Reads on to the close frame: (its code, the texts before it)."""
        texts = []
        while True:
            frame = self.receive()
            assert frame is not None, f"the connection ended without a close frame, after {texts[-1:]}"
            opcode, payload = frame
            if opcode == CLOSE:
                return struct.unpack("!H", payload[:2])[0], texts
            if opcode == TEXT:
                texts.append(payload.decode())

    def _take(self, count):
        while len(self.buffer) < count:
            try:
                piece = self.connection.recv(65536)
            except ConnectionResetError:
                piece = b""
            if not piece:
                return None
            self.buffer += piece
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken
