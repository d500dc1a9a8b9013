"""
All of crmkit in one script: fetch a client, write to them, sync what happened.

    python docs/scripts/connector.py          # with a HubSpot that is simulated here
    python docs/scripts/connector.py 12345    # with yours, and the contact of this id

Yours needs its token in CRMKIT_HUBSPOT_TOKEN, and contacts with a property ``budget``.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from tempfile import TemporaryDirectory
from typing import Any

from crmkit import ActivityRecord, CRMConnector

USER = "user-456"


def main(contact_id: str = "123") -> None:
    """
    Do everything once, with the contact of this id.
    """
    # Basic setup
    with (
        hubspot() as account,
        CRMConnector(
            default_provider="hubspot",
            auto_sync=True,
            cache_ttl=300,  # 5 minutes
            max_retries=3,
            **account,
        ) as connector,
    ):
        # Get client data
        client_data = connector.get_client_data(
            contact_id,  # CRM contact id
            USER,  # user id for credential lookup
        )

        print("Client:", client_data.name)
        print("Email:", client_data.email)
        print("Tags:", client_data.tags)

        # Personalize content: an email template with variables
        template = """
Hi {{firstName}},

Thanks for your interest in properties in {{location}}!

Based on your budget of ${{ budget }}, I've found some great options.

Best regards,
Your Agent
"""

        personalized = connector.personalize_content(
            template,
            client_data=client_data,
            content_type="email",
            variables={"location": "Downtown"},
        )

        print(personalized.content)

        # Sync activity: record it in the CRM
        activity = ActivityRecord(
            user_id=USER,
            client_id=contact_id,
            type="email_sent",
            description="Sent property listing email",
            timestamp=datetime.now(UTC),
            metadata={
                "subject": "New Listings in Your Area",
                "listingIds": ["listing-1", "listing-2"],
            },
        )

        success = connector.sync_activity(activity)
        print("Synced:", bool(success))

        # Batch sync: multiple activities at once
        activities = [
            ActivityRecord(user_id=USER, client_id=contact_id, type="property_view"),
            ActivityRecord(user_id=USER, client_id=contact_id, type="email_opened"),
            ActivityRecord(user_id=USER, client_id=contact_id, type="call"),
        ]

        results = connector.batch_sync_activities(activities)
        print(f"Synced {sum(map(bool, results))}/{len(activities)} activities")


@contextmanager
def hubspot() -> Iterator[dict[str, Any]]:
    """
    Provide what the connector needs to know of your HubSpot, or of one that is simulated.
    """
    token = os.environ.get("CRMKIT_HUBSPOT_TOKEN")
    if token:
        yield {"credentials": {("hubspot", USER): token}}
        return

    from crmkit_simulator import Simulator

    ana = {
        "id": "123",
        "firstname": "Ana",
        "lastname": "Núñez",
        "email": "ana@example.com",
        "budget": "450,000",
    }
    with TemporaryDirectory() as folder, Simulator("hubspot", contacts=[ana]) as simulator:
        yield {
            "credentials": {("hubspot", USER): simulator.token},
            "settings": simulator.config["settings"],
            "store": f"sqlite:///{folder}/outbox.db",
        }


if __name__ == "__main__":
    main(*sys.argv[1:])
