import os
import sys

from msal import ConfidentialClientApplication

application = ConfidentialClientApplication(
    os.environ["AZURE_CLIENT_ID"],
    client_credential=os.environ["AZURE_CLIENT_SECRET"],
    authority=f"https://login.microsoftonline.com/{os.environ['AZURE_TENANT_ID']}",
)
result = application.acquire_token_for_client(scopes=[sys.argv[1]])
if "access_token" not in result:
    sys.exit(result["error_description"])
print(result["access_token"])
