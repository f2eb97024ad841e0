"""A door before the server: it notes what is asked, passes it on, can refuse or cut WebSockets, and can lead to another server."""
import asyncio
import contextlib
import re
import threading
import urllib.parse

FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Gate:
    """Listens on a port of its own. The server takes any port of its address for its own, so nothing has to be rewritten."""

    def __init__(self, server):
        self.server, self.forbids_sockets, self.opened = server, False, 0
        # In bytes: the longest head of a request. Proxies refuse those above 8 KB.
        self.longest_head = 0
        self._live, self._asked = set(), []
        self.loop, ready = asyncio.new_event_loop(), threading.Event()
        self.thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self.thread.start()
        ready.wait(10)

    def _run(self, ready):
        asyncio.set_event_loop(self.loop)
        door = self.loop.run_until_complete(asyncio.start_server(self._visit, "127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % door.sockets[0].getsockname()[1]
        self.loop.call_soon(ready.set)
        self.loop.run_forever()
        door.close()
        left = asyncio.all_tasks(self.loop)
        for task in left:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self.loop.close()

    async def _visit(self, reader, writer):
        with contextlib.closing(writer), contextlib.suppress(asyncio.CancelledError, ConnectionError, asyncio.IncompleteReadError):
            # A browser opens connections ahead of need: without a first request there is nothing to lead on.
            await self._lead(await reader.readuntil(b"\r\n\r\n"), reader, writer)

    async def _lead(self, head, reader, writer):
        address = urllib.parse.urlsplit(self.server.url)
        try:
            onward, back = await asyncio.open_connection(address.hostname, address.port)
        except OSError:
            return writer.transport.abort()
        ways = [asyncio.ensure_future(self._ask(head, reader, back, writer)), asyncio.ensure_future(_pass(onward, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            self._live.discard(writer)
            back.close()

    async def _ask(self, head, reader, back, writer):
        """Notes and passes on one request after the other; what follows an upgrade is passed on as it is."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                method, path = head.split(b" ", 2)[:2]
                self.longest_head = max(self.longest_head, len(head))
                is_socket = b"upgrade: websocket" in head.lower()
                self._asked.append(("WEBSOCKET" if is_socket else method.decode(), path.decode()))
                if is_socket and self.forbids_sockets:
                    return writer.write(FORBIDDEN)
                back.write(head)
                if is_socket:
                    self.opened += 1
                    self._live.add(writer)
                    return await _pass(reader, back)
                # Browsers say how long a body is: over HTTP/1.1 they send none in chunks.
                length = LENGTH.search(head)
                await _pass(reader, back, int(length[1]) if length else 0)
                head = await reader.readuntil(b"\r\n\r\n")

    def traffic(self):
        """What was asked since the last call, as method and path; a WebSocket has the method WEBSOCKET."""
        asked, self._asked = self._asked, []
        return asked

    @property
    def sockets(self):
        """How many WebSockets are open."""
        return len(self._live)

    def cut_sockets(self):
        """Drops every WebSocket without a close frame, as a lost network does."""
        def cut():
            for writer in list(self._live):
                writer.transport.abort()

        self.loop.call_soon_threadsafe(cut)

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(timeout=10)


async def _pass(reader, writer, length=None):
    """So many bytes, or all that come."""
    with contextlib.suppress(ConnectionError, asyncio.CancelledError):
        while length is None or length > 0:
            part = await reader.read(min(length or 1 << 16, 1 << 16))
            if not part:
                return
            writer.write(part)
            await writer.drain()
            length = None if length is None else length - len(part)
