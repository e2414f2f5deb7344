import os

from cognite.client.credentials import OAuthClientCredentials
from print_tokens import print_tokens

TENANT_ID = os.environ["AZURE_TENANT_ID"]

credentials = OAuthClientCredentials(
    token_url=f"https://login.microsoftonline.com/{TENANT_ID}/oauth2/v2.0/token",
    client_id=os.environ["AZURE_CLIENT_ID"],
    client_secret=os.environ["AZURE_CLIENT_SECRET"],
    scopes=["https://westeurope-1.cognitedata.com/.default"],
    token_expiry_leeway_seconds=300,
)
print_tokens(lambda: credentials.authorization_header()[1].removeprefix("Bearer "))
