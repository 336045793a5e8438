"""Asks the site on this machine whether it is well, under the name it goes by."""

import http.client
import os
import sys
from urllib.parse import urlsplit

connection = http.client.HTTPConnection(
    "127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4
)
try:
    connection.request(
        "GET", "/healthz", headers={"Host": urlsplit(os.environ["SITE_URL"]).netloc}
    )
    status = connection.getresponse().status
except OSError as error:
    sys.exit(f"The site does not answer: {error}.")
sys.exit(0 if status == 200 else f"The site answers {status}.")
