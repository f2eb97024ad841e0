"""Certificates of the tests' own making, by the `openssl` command."""
import subprocess

SMALL = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
NAMES = "subjectAltName=DNS:localhost,DNS:kv.example.com,IP:127.0.0.1"


def openssl(*words):
    done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


class Issuer:
    """A certificate authority in a folder. `authority` is what its friends trust."""

    def __init__(self, folder):
        self.folder, self.authority = folder, folder / "authority.pem"
        openssl("req", "-x509", *SMALL, "-keyout", folder / "authority.key", "-out", self.authority, "-days", 2,
                "-subj", "/CN=Test authority", "-addext", "keyUsage=critical,keyCertSign")

    def issue(self, name, names=NAMES):
        """(certificate, key): the paths of two new files."""
        at = self.folder / name
        at.mkdir()
        openssl("req", *SMALL, "-keyout", at / "key.pem", "-out", at / "request", "-subj", f"/CN={name}", "-addext", names)
        openssl("x509", "-req", "-in", at / "request", "-CA", self.authority, "-CAkey", self.folder / "authority.key",
                "-CAcreateserial", "-days", 2, "-copy_extensions", "copy", "-out", at / "cert.pem")
        return at / "cert.pem", at / "key.pem"
