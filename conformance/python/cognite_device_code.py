"""Names each permission, as the SDK does for Entra ID when it is not told otherwise."""

import os

from cognite.client.credentials import OAuthDeviceCode
from print_tokens import print_tokens

credentials = OAuthDeviceCode.default_for_entra_id(
    tenant_id=os.environ["AZURE_TENANT_ID"],
    client_id=os.environ["AZURE_CLIENT_ID"],
    cdf_cluster="westeurope-1",
    token_expiry_leeway_seconds=300,
    mem_cache_only=True,
)
print_tokens(lambda: credentials.authorization_header()[1].removeprefix("Bearer "))
