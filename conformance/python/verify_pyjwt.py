"""Gets a token for the client itself and verifies it as an API would, with the keys of the discovery document."""

import json
import os
import urllib.request

import jwt
import requests

authority = f"https://login.microsoftonline.com/{os.environ['AZURE_TENANT_ID']}"
client_id = os.environ["AZURE_CLIENT_ID"]

answer = requests.post(
    f"{authority}/oauth2/token",
    data={
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": os.environ["AZURE_CLIENT_SECRET"],
        "resource": client_id,
    },
)
answer.raise_for_status()
token = answer.json()["access_token"]

with urllib.request.urlopen(f"{authority}/.well-known/openid-configuration") as response:
    discovery = json.load(response)

key = jwt.PyJWKClient(discovery["jwks_uri"]).get_signing_key_from_jwt(token)
claims = jwt.decode(token, key, algorithms=["RS256"], audience=client_id, issuer=discovery["issuer"])
print(json.dumps(claims))
