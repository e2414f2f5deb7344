import json
import os

from azure.identity import InteractiveBrowserCredential

credential = InteractiveBrowserCredential(
    tenant_id=os.environ["AZURE_TENANT_ID"], client_id=os.environ["AZURE_CLIENT_ID"], timeout=40
)
record = credential.authenticate(scopes=["https://graph.microsoft.com/User.Read"])
token = credential.get_token("https://graph.microsoft.com/User.Read")
print(json.dumps({"user": record.username, "accessToken": token.token}))
