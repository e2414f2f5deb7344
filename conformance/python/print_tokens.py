"""Prints, as JSON, a program's token of now, of right afterwards, and of when MSAL and the SDK take it for expired.

TOKENS is how many of these are wanted.
"""

import json
import os
import signal
import time

# Nobody may ever come to sign in: then the program ends, and the port that it listens on is free again.
signal.alarm(45)


def print_tokens(get_token):
    tokens = []
    for pause in [0, 0, 3][: int(os.environ.get("TOKENS", "3"))]:
        time.sleep(pause)
        tokens.append(get_token())
    print(json.dumps(tokens))
