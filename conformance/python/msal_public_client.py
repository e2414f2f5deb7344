"""One PublicClientApplication behind a callable that the SDK asks before each request; its cache outlives the process.

How a person signs in when nobody is in the cache is the first argument: interactive or device_code.
"""

import atexit
import os
import sys
from pathlib import Path

from cognite.client.credentials import Token
from msal import PublicClientApplication, SerializableTokenCache
from print_tokens import print_tokens

FLOW = sys.argv[1]
CACHE = Path(os.environ["TOKEN_CACHE"])
SCOPES = ["https://westeurope-1.cognitedata.com/.default"]

cache = SerializableTokenCache()
if CACHE.exists():
    cache.deserialize(CACHE.read_text())
atexit.register(lambda: cache.has_state_changed and CACHE.write_text(cache.serialize()))

app = PublicClientApplication(
    client_id=os.environ["AZURE_CLIENT_ID"],
    authority=f"https://login.microsoftonline.com/{os.environ['AZURE_TENANT_ID']}",
    token_cache=cache,
)


def sign_in():
    if FLOW == "interactive":
        return app.acquire_token_interactive(scopes=SCOPES, port=53000, timeout=30)
    flow = app.initiate_device_flow(scopes=SCOPES)
    print(flow["message"], file=sys.stderr)
    return app.acquire_token_by_device_flow(flow)


def get_token():
    accounts = app.get_accounts()
    result = app.acquire_token_silent(SCOPES, account=accounts[0]) if accounts else sign_in()
    if "access_token" not in result:
        sys.exit(result["error_description"])
    return result["access_token"]


credentials = Token(get_token)
print_tokens(lambda: credentials.authorization_header()[1].removeprefix("Bearer "))
