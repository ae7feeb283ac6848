# SPDX-License-Identifier: Apache-2.0
"""`open63110 completion`: the script that lets a shell complete nouns, verbs and options."""

from typing import Literal

from open63110.cli.say import say


def completion(shell: Literal["bash", "zsh", "fish"]) -> None:
    """Print the script that lets a shell complete these words: source <(open63110 completion bash).

    Args:
        shell: Which shell.
    """
    from open63110.cli.root import app

    say(app.generate_completion(shell=shell))
