"""Writes all subscriptions of an account as CSV: pages by cursor, and waits when it is told to.

report.py URL TOKEN ACCOUNT
"""

import csv
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx

PAGE = """
query($account: ID!, $after: String) {
  account(id: $account) {
    subscriptions(first: 10, after: $after) {
      nodes { number displayName status expiresOn product { name } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
TRIES = 5
AGAIN = (429, 503)


def ask(client: httpx.Client, url: str, **variables: Any) -> Any:
    """The data of an answer; asks again, when the answer says after how many seconds that is worth it."""
    for _ in range(TRIES):
        response = client.post(url, json={"query": PAGE, "variables": variables})
        if response.status_code not in AGAIN:
            break
        time.sleep(float(response.headers.get("retry-after", 1)))
    answer = response.json()
    if "errors" in answer:
        raise SystemExit(answer["errors"][0]["message"])
    return answer["data"]


def subscriptions(client: httpx.Client, url: str, account: str) -> Iterator[dict[str, Any]]:
    after = None
    while True:
        page = ask(client, url, account=account, after=after)["account"]["subscriptions"]
        yield from page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def main(url: str, token: str, account: str) -> None:
    columns = ["number", "displayName", "status", "expiresOn", "product"]
    report = csv.DictWriter(sys.stdout, columns)
    report.writeheader()
    with httpx.Client(headers={"authorization": f"Bearer {token}"}, timeout=30) as client:
        for row in subscriptions(client, url, account):
            report.writerow({**row, "product": row["product"]["name"]})


if __name__ == "__main__":
    main(*sys.argv[1:])
