"""Keeps its tokens where the SDK keeps them: in a file of the user's cache folder. A prompt may be given to it."""

import os
import sys

from cognite.client.credentials import OAuthInteractive
from print_tokens import print_tokens

credentials = OAuthInteractive(
    authority_url=f"https://login.microsoftonline.com/{os.environ['AZURE_TENANT_ID']}",
    client_id=os.environ["AZURE_CLIENT_ID"],
    scopes=["https://westeurope-1.cognitedata.com/.default"],
    token_expiry_leeway_seconds=300,
    prompt=sys.argv[1] if len(sys.argv) > 1 else None,
)
print_tokens(lambda: credentials.authorization_header()[1].removeprefix("Bearer "))
