"""A thousand WebSocket watchers of one running job, beside the same job unwatched.

Run by itself, `watchers.py PORT PATH COUNT`, it is the watchers: one process that opens the sockets, prints `open`, and
reads whatever comes until the server has closed them all; then it prints how many bytes that were. It does not take
frames apart, so as not to take the processor from what is measured.
"""
import os
import selectors
import shutil
import socket
import statistics
import subprocess
import sys

# The server allows so many sockets to an address; loopback has addresses in plenty.
SOCKETS_AN_ADDRESS = 100


def watchers(bench):
    from program import Program, timed
    from report import Row, megabytes
    from storage import full_folder

    def run(count):
        folder = bench.folder / "watched"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(full_folder(bench), folder)
        os.sync()
        with Program(folder) as program:
            target = {"store": "local", "namespace": program.find("empty")["id"]}
            job = program.start("copy", program.find("full")["id"], target=target)
            if count:
                path = f"/api/jobs/{job['id']}/progress"
                client = subprocess.Popen([sys.executable, __file__, str(program.port), path, str(count)], stdout=subprocess.PIPE, text=True)
                assert client.stdout.readline() == "open\n"
            # Asked seldom: the watchers are what is measured.
            job = program.finish(job | {"progress": {"sequence": 1 << 53}})
            if count:
                received = int(client.stdout.readline())
                assert client.wait() == 0 and received > 0
            return seconds_between(job["startedAt"], job["finishedAt"]), program.peak()

    alone, watched, peaks = [], [], {0: [], 1000: []}
    for number in range(bench.runs):
        for count, times in ((0, alone), (1000, watched)):
            seconds, peak = run(count)
            times.append(seconds)
            peaks[count].append(peak)
        bench.note(f"watchers, run {number + 1}: {watched[-1]:.2f} s, unwatched {alone[-1]:.2f} s")
    ratio = statistics.median(watched) / statistics.median(alone)
    more = max(peaks[1000]) - max(peaks[0])
    return Row(f"copy ({bench.count:,}) with 1,000 watchers", f"{statistics.median(watched):.2f} s",
               f"{statistics.median(alone):.2f} s (unwatched)", f"{ratio:.2f} ×", "≤ 1.05 ×, < 100 MB more", f"{megabytes(more)} more",
               round(ratio, 2) <= 1.05 and more < 100e6, {"ours": watched, "reference": alone, "peakBytes": peaks})


def seconds_between(begin, end):
    from datetime import datetime
    first, last = (datetime.fromisoformat(text.replace("Z", "+00:00")) for text in (begin, end))
    return (last - first).total_seconds()


def watch(port, path, count):
    selector = selectors.EpollSelector()
    for number in range(count):
        connection = socket.socket()
        connection.bind((f"127.0.0.{2 + number // SOCKETS_AN_ADDRESS}", 0))
        connection.connect(("127.0.0.1", port))
        connection.sendall((f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                            "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        selector.register(connection, selectors.EVENT_READ)
    print("open", flush=True)
    buffer, received, opened = bytearray(1 << 16), 0, count
    while opened:
        for key, _ in selector.select():
            got = key.fileobj.recv_into(buffer)
            received += got
            if got == 0:
                selector.unregister(key.fileobj)
                key.fileobj.close()
                opened -= 1
    print(received, flush=True)


if __name__ == "__main__":
    watch(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
