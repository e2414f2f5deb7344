import json
import os
import sys

import msal

application = msal.PublicClientApplication(
    os.environ["AZURE_CLIENT_ID"],
    authority=f"https://login.microsoftonline.com/{os.environ['AZURE_TENANT_ID']}",
)
flow = application.initiate_device_flow(scopes=["https://graph.microsoft.com/User.Read"])
result = application.acquire_token_by_device_flow(flow)
if "access_token" not in result:
    sys.exit(result["error_description"])
print(json.dumps({"user": result["id_token_claims"]["preferred_username"], "accessToken": result["access_token"]}))
