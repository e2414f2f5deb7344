import os
import sys

import requests

answer = requests.post(
    f"https://login.microsoftonline.com/{os.environ['AZURE_TENANT_ID']}/oauth2/v2.0/token",
    data={
        "grant_type": "client_credentials",
        "client_id": os.environ["AZURE_CLIENT_ID"],
        "client_secret": os.environ["AZURE_CLIENT_SECRET"],
        "scope": sys.argv[1],
    },
)
if not answer.ok:
    sys.exit(answer.text)
print(answer.json()["access_token"])
