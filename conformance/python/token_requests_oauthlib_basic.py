"""Without include_client_id the credentials go into the Authorization header, as the library does by default."""

import os
import sys

from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session

session = OAuth2Session(client=BackendApplicationClient(os.environ["AZURE_CLIENT_ID"]))
token = session.fetch_token(
    f"https://login.microsoftonline.com/{os.environ['AZURE_TENANT_ID']}/oauth2/v2.0/token",
    client_secret=os.environ["AZURE_CLIENT_SECRET"],
    scope=[sys.argv[1]],
)
print(token["access_token"])
