"""Prints, as JSON, a program's token of now, of right afterwards, and of when MSAL and the SDK take it for expired."""

import json
import signal
import time

# Nobody may ever come to sign in: then the program ends, and the port that it listens on is free again.
signal.alarm(45)


def print_three_tokens(get_token):
    tokens = [get_token(), get_token()]
    time.sleep(3)
    tokens.append(get_token())
    print(json.dumps(tokens))
