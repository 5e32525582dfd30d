"""The optimised program, built as README says it, for what measures it and for what kills it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def build(static=True):
    """Builds `loadbooks` and returns its path; with Swift's libraries in it, where Swift can do that."""
    command = ["swift", "build", "-c", "release", "--product", "loadbooks", "--package-path", str(ROOT)]
    if static and sys.platform == "linux":
        command.append("--static-swift-stdlib")
    subprocess.run(command, check=True)
    shown = subprocess.run([*command, "--show-bin-path"], check=True, capture_output=True, text=True)
    return Path(shown.stdout.strip()) / "loadbooks"
