import json
import os
import sys

import msal

application = msal.PublicClientApplication(
    os.environ["AZURE_CLIENT_ID"],
    authority=f"https://login.microsoftonline.com/{os.environ['AZURE_TENANT_ID']}",
)
result = application.acquire_token_interactive(scopes=["https://graph.microsoft.com/User.Read"], timeout=40)
if "access_token" not in result:
    sys.exit(result.get("error_description", str(result)))
print(json.dumps({"user": result["id_token_claims"]["preferred_username"], "accessToken": result["access_token"]}))
