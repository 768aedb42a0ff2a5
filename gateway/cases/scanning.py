"""The virus scan of attachments: a program of the operator's, such as ``clamdscan --no-summary -``."""

from __future__ import annotations

import logging
import shlex
import subprocess
from collections.abc import Callable

from gateway.errors import CitizenError

log = logging.getLogger("yiwen.scanning")

Scan = Callable[[bytes], None]
SECONDS = 20
FOUND = 1
"""Exit status of clamscan, clamdscan and most others for: something was found."""


def no_scan(content: bytes) -> None:
    """No scanner is set: pictures are still checked, and written anew."""


def scan_with(command: str) -> Scan:
    """A scan that gives the content to ``command`` on its standard input: 0 is clean, 1 is not, and
    anything else means that nobody knows, so the attachment is refused too."""
    if not command.strip():
        return no_scan
    words = shlex.split(command)

    def scan(content: bytes) -> None:
        try:
            done = subprocess.run(  # noqa: S603 (the operator's own setting)
                words, input=content, capture_output=True, timeout=SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            log.error("The scanner of GATEWAY_SCAN_COMMAND did not run: %s", type(error).__name__)
            raise CitizenError("utter_attachment_unscanned") from None
        if done.returncode == FOUND:
            log.warning("The scanner refused an attachment.")
            raise CitizenError("utter_attachment_infected")
        if done.returncode:
            log.error("The scanner of GATEWAY_SCAN_COMMAND ended with %d.", done.returncode)
            raise CitizenError("utter_attachment_unscanned")

    return scan
