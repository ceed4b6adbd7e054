"""The disk of a measurement."""

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

from lab import ROOT


def end(*_):
    """Ends the program in the normal way, once: a second signal must not interrupt the tidying up."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(128 + signal.SIGTERM)


@contextlib.contextmanager
def fresh_disk():
    """An empty directory on a disk, not in memory as /tmp may be. If root measures, it is a file system of its own.

    ext4 passes over the inodes that were deleted within the last minutes, one by one. On a file system in use a start would
    take up to three times as long, depending on what was deleted before.
    """
    # Without this, SIGTERM would leave the file system mounted and the servers running.
    signal.signal(signal.SIGTERM, end)
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=ROOT) as directory:
        image, mounted = pathlib.Path(directory) / "image", pathlib.Path(directory) / "disk"
        mounted.mkdir()
        image.touch()
        os.truncate(image, 40 << 30)
        try:
            # Without a shell, which would leave its child behind if it were killed.
            if system("mkfs.ext4", "-q", image):
                system("mount", "-o", "loop,noinit_itable", image, mounted)
            state = mounted / "state"
            state.mkdir()
            yield state
        finally:
            if mounted.is_mount():
                subprocess.run(["umount", "--lazy", mounted], check=True)


def system(*command):
    """Runs a program of the administrator. Returns whether it succeeded."""
    environment = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"}
    return subprocess.run(["/usr/bin/env", *command], env=environment, capture_output=True).returncode == 0
