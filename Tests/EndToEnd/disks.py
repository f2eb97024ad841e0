"""A small disk for a server of its own, which tests can fill. It takes the right to mount; where that is missing, its tests are skipped."""
import contextlib
import os
import shutil
import subprocess

import pytest


class SmallDisk:
    def __init__(self, folder):
        self.folder = folder
        self.filler = folder / "filler"

    @property
    def free(self):
        return shutil.disk_usage(self.folder).free

    @property
    def reserve(self):
        """What data leaves free: a tenth."""
        return shutil.disk_usage(self.folder).total // 10

    def fill(self, leaving):
        """Takes all but so many bytes."""
        self.empty()
        with open(self.filler, "wb") as file:
            while self.free > leaving + 4_096:
                try:
                    os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), self.free - leaving)
                except OSError:  # somebody else has just taken some
                    continue
                file.seek(0, os.SEEK_END)

    def empty(self):
        self.filler.unlink(missing_ok=True)


@contextlib.contextmanager
def small_disk(folder, size):
    folder.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)], capture_output=True).returncode == 0
    if not mounted:
        pytest.skip("file systems cannot be mounted here")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
